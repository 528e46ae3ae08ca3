package io.thalweg.cluster.hazelcast;

import org.jspecify.annotations.Nullable;

/** This node may not take part in the cluster, or cannot; the message says why and what to do. */
public final class ClusterJoinException extends Exception {

    ClusterJoinException(String message) {
        this(message, null);
    }

    ClusterJoinException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
