package io.thalweg.cluster;

import org.jspecify.annotations.Nullable;

/**
 * A broker that takes part in the cluster, as it described itself when it started.
 *
 * @param brokerId at least 0; one member has it
 * @param incarnation from its disk: grows with every start of that broker
 * @param peer where its peer transport listens
 * @param rack null if it has none
 * @param clusterId the cluster that its metadata is of; null if it had none yet when it started
 */
public record Member(
        int brokerId,
        int incarnation,
        PeerAddress peer,
        @Nullable String rack,
        @Nullable String clusterId) {

    /** Bounds what travels with every member; also the limit of a rack's and a cluster id's length. */
    public static final int NAME_CHARS_MAX = 249;

    public Member {
        if (brokerId < 0) {
            throw new IllegalArgumentException("brokerId=" + brokerId + "; at least 0");
        }
        if (incarnation < 0) {
            throw new IllegalArgumentException("incarnation=" + incarnation + "; at least 0");
        }
        checkName("rack", rack);
        checkName("clusterId", clusterId);
    }

    private static void checkName(String field, @Nullable String name) {
        if (name != null && (name.isEmpty() || name.length() > NAME_CHARS_MAX)) {
            throw new IllegalArgumentException(
                    field + " has " + name.length() + " characters; expected 1 to " + NAME_CHARS_MAX);
        }
    }
}
