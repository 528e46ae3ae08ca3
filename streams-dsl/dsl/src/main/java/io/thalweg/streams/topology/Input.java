package io.thalweg.streams.topology;

/**
 * Where a node's records come from.
 *
 * @param node the id of the node upstream, in the same sub-topology
 * @param port which of its outputs: empty for the ordinary one; a branch's name, or {@code late}
 */
public record Input(String node, String port) {

    public static Input of(String node) {
        return new Input(node, "");
    }
}
