"""The follower: reads a method and runs it on a grid. It never sees a program."""
