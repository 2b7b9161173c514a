"""Pages of the organisation: first start, the tree, a unit, a person, and changing them."""
