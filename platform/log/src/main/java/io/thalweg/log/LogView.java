package io.thalweg.log;

import io.thalweg.log.epoch.LeaderEpochs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What replication must know of a log, all of it at one moment: immutable, readable from any thread. In FSYNC mode all
 * that it shows is durable; in OS mode it is written.
 *
 * @param start the log start offset, and the epoch of the record before it, deleted or not
 * @param end the log end offset, and the epoch of the last record, deleted or not
 * @param epochs in order, from that of the record before the start on, or from an earlier one
 * @param voters the voters records in order, from the last one before the start on, or from an earlier one
 */
public record LogView(EpochOffset start, EpochOffset end, List<LeaderEpochs.Entry> epochs, List<VotersAt> voters) {

    /** Where the greatest epoch ends that is at most this one and has records in the log; {@link #start} if none has (KIP-279). */
    public EpochOffset endOfEpoch(int epoch) {
        long ends = end.offset();
        for (int i = epochs.size() - 1; i >= 0 && ends > start.offset(); i--) {
            LeaderEpochs.Entry entry = epochs.get(i);
            if (entry.epoch() <= epoch) {
                return new EpochOffset(entry.epoch(), ends);
            }
            ends = entry.startOffset();
        }
        return start;
    }

    /** The latest voters record, committed or not; null if the log never had one. */
    public @Nullable VotersAt latestVoters() {
        return voters.isEmpty() ? null : voters.get(voters.size() - 1);
    }

    /** The voters record before the latest one; null if it is not known: there is none, or it was deleted. */
    public @Nullable VotersAt votersBefore() {
        return voters.size() < 2 ? null : voters.get(voters.size() - 2);
    }

    /** The voters of a log that ends at {@code offset}; null if no voters record lies before it. */
    public @Nullable VotersAt votersAt(long offset) {
        VotersAt found = null;
        for (VotersAt next : voters) {
            if (next.offset() >= offset) {
                break;
            }
            found = next;
        }
        return found;
    }
}
