package io.thalweg.coordination.runtime;

/**
 * Limits of a runtime.
 *
 * @param batchBytesMax records of one append; below the topic's max.message.bytes, with room for the batch header
 * @param waitingMax operations of one shard that wait for a load or for an append
 * @param loadWaitMillis how long operations wait for a load before they are answered COORDINATOR_LOAD_IN_PROGRESS;
 *     most loads take less, and waiting spares the client a round of retries
 * @param reloadDelayMillis pause after a failed load
 */
public record CoordinatorRuntimeConfig(int batchBytesMax, int waitingMax, int loadWaitMillis, int reloadDelayMillis) {

    public CoordinatorRuntimeConfig {
        if (batchBytesMax < 1024 || waitingMax < 1 || loadWaitMillis < 0 || reloadDelayMillis < 0) {
            throw new IllegalArgumentException(
                    "limits out of range: batchBytesMax=" + batchBytesMax + " (at least 1024)"
                            + " waitingMax=" + waitingMax + " (at least 1) loadWaitMillis=" + loadWaitMillis
                            + " reloadDelayMillis=" + reloadDelayMillis + " (at least 0)");
        }
    }

    public static CoordinatorRuntimeConfig defaults() {
        return new CoordinatorRuntimeConfig(1_000_000, 20_000, 1_000, 500);
    }
}
