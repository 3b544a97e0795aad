"""Engines that decide the same content: channelgate and its peers, a module for each.

`protocol.py` says what an engine has to do here, `content.py` holds the neutral description of the rules that every
module translates, `shipped.py` the shipped policies as one condition tree.
"""
