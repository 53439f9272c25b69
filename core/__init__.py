"""Where things are on the disk, how they are written safely, and how they are said in French."""
