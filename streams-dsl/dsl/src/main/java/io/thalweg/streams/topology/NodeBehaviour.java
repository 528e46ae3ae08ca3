package io.thalweg.streams.topology;

/** What a node does with a record: opaque to the topology, known to {@code processor}. Shared by all tasks, so stateless. */
public interface NodeBehaviour {}
