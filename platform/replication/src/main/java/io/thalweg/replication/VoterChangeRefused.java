package io.thalweg.replication;

/** The voters cannot be changed in this way now. Nothing was changed; the message says why and what to wait for. */
public final class VoterChangeRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    VoterChangeRefused(String why) {
        super("voters not changed: " + why);
    }
}
