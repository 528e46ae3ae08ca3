package io.thalweg.streams.runtime;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;

/** Everything that a task sent between two commits: complete once it is sealed and all of it is acknowledged. Confined. */
final class AckBarrier {

    static final long UNKNOWN = Long.MAX_VALUE;

    private final Promise<Void> promise = Promise.promise();
    private final Map<String, Long> changelogEnds = new HashMap<>();
    private int open;
    private boolean sealed;
    private boolean used;

    void sent() {
        used = true;
        open++;
    }

    boolean used() {
        return used;
    }

    /** Changes of a store are in its changelog before {@code end}; -1 where the broker did not tell. */
    void changed(String store, long end) {
        changelogEnds.merge(store, end < 0 ? UNKNOWN : end, Math::max);
    }

    /** The offset after the last change of each store that was changed; {@link #UNKNOWN} if it is not known. */
    Map<String, Long> changelogEnds() {
        return changelogEnds;
    }

    void acknowledged() {
        open--;
        check();
    }

    /** Nothing more joins. */
    Future<Void> seal() {
        sealed = true;
        check();
        return promise.future();
    }

    private void check() {
        if (sealed && open == 0) {
            promise.tryComplete();
        }
    }
}
