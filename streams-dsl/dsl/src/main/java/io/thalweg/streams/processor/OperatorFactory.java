package io.thalweg.streams.processor;

import io.thalweg.streams.topology.NodeBehaviour;

/** Makes a node's operator for a task. Stateless: all tasks call the same object. */
@FunctionalInterface
interface OperatorFactory extends NodeBehaviour {

    /** A new operator, not yet connected; operators upstream exist already. */
    Operator create(OperatorContext context);
}
