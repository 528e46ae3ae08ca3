package io.thalweg.streams.processor;

import io.thalweg.streams.store.GlobalStore;
import io.thalweg.streams.store.KeyValueStore;
import io.thalweg.streams.store.SessionStore;
import io.thalweg.streams.store.WindowStore;
import io.thalweg.streams.topology.Node;

/**
 * What an operator is made with.
 *
 * @param node which it is
 * @param task what all operators of the task share
 */
record OperatorContext(Node node, TaskContext task) {

    /** The operator of the node's {@code index}-th input. */
    Operator upstream(int index) {
        return task.operator(node.inputs().get(index).node());
    }

    KeyValueStore keyValueStore(int index) {
        return (KeyValueStore) task.store(node.stores().get(index));
    }

    WindowStore windowStore(int index) {
        return (WindowStore) task.store(node.stores().get(index));
    }

    SessionStore sessionStore(int index) {
        return (SessionStore) task.store(node.stores().get(index));
    }

    GlobalStore globalStore(int index) {
        return task.globalStore(node.stores().get(index));
    }
}
