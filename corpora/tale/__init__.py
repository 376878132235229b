"""The storybook's workshop: the engine that tells, the world it tells of, the plots, and the grammar in *.grammar."""
