// Each test has a server, a database and agents of its own: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
