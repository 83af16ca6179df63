"""The node as a service of its system: one abstract class, one file a system. It never looks into a running node."""
