package io.thalweg.replication.node;

import io.thalweg.replication.InvariantViolation;

/** Checks of this node's own state; a broken one is a bug. */
final class Rules {

    private Rules() {}

    static void check(boolean holds, String rule, Object state) {
        if (!holds) {
            throw new InvariantViolation(rule + ": " + state);
        }
    }
}
