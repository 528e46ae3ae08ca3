package io.thalweg.broker.routing;

import io.thalweg.broker.cluster.PeerMethods;

/** What one broker does for another's clients. The order is that of the numbers: add at the end. */
enum Call {
    APPEND,
    FETCH,
    LIST_OFFSET,
    END_OF_EPOCH,
    DELETE_RECORDS,
    PRODUCER_POSITION,
    DESCRIBE_LOGS,
    GROUP_JOIN,
    GROUP_SYNC,
    GROUP_HEARTBEAT,
    GROUP_LEAVE,
    GROUP_COMMIT,
    GROUP_FETCH_OFFSETS,
    GROUP_LIST,
    GROUP_DESCRIBE,
    GROUP_DELETE,
    GROUP_DELETE_OFFSETS;

    @SuppressWarnings("EnumOrdinal") // As said above.
    short method() {
        return (short) (PeerMethods.FORWARDED + ordinal());
    }
}
