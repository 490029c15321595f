class Queue:
    def __init__(self):
        self.items = []

    def push(self, item):
        

    def pop(self):
        return self.items.pop(0)
