from stack import *
