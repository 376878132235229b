"""Training shared out among several processes, and the order in which what they compute is summed.

tree.py  sums in the order of a fixed binary tree
"""
