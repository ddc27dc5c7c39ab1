"""Where the time of our booking goes."""
def options(parser): pass
def run(env, arguments): return ""
