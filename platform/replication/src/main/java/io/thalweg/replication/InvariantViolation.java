package io.thalweg.replication;

/** A rule of this package was broken: a bug, or a log that was changed behind its back. The replica must stop. */
public final class InvariantViolation extends IllegalStateException {
    private static final long serialVersionUID = 1;

    public InvariantViolation(String message) {
        super(message);
    }

    static void check(boolean holds, String rule, Object state) {
        if (!holds) {
            throw new InvariantViolation(rule + ": " + state);
        }
    }
}
