"""Looking inside a model: a folder for each view (measure, picture, command), and what the views share."""
