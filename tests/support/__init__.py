"""What tests share: media with burnt-in numbers, timelines written for a purpose."""
