"""What is learned in how much time: results through the command line, the recipe's ingredients, the dial's regret."""
