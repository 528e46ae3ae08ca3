package io.thalweg.log.compaction;

/**
 * What must stay of a producer so that its sequence and its fencing survive a rebuild of producer state.
 *
 * @param lastDataOffset of its last data batch; -1 if only a marker is known
 */
public record LastOfProducer(long lastDataOffset, short producerEpoch) {

    boolean hasData() {
        return lastDataOffset >= 0;
    }
}
