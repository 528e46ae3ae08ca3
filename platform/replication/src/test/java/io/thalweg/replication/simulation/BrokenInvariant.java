package io.thalweg.replication.simulation;

/** A rule that was found broken. */
final class BrokenInvariant extends AssertionError {
    private static final long serialVersionUID = 1;

    private final Class<? extends Invariant> invariant;

    BrokenInvariant(Class<? extends Invariant> invariant, String what) {
        super(invariant.getSimpleName() + " is broken: " + what);
        this.invariant = invariant;
    }

    /** Whether a run failed because this very rule was broken, and not for any other reason. */
    static boolean isCauseOf(Throwable failure, Class<? extends Invariant> invariant) {
        return failure.getCause() instanceof BrokenInvariant broken && broken.invariant == invariant;
    }
}
