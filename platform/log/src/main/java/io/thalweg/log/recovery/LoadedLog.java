package io.thalweg.log.recovery;

import io.thalweg.log.epoch.LeaderEpochs;
import io.thalweg.log.producer.OpenTransactions;
import io.thalweg.log.producer.ProducerStates;
import io.thalweg.log.segment.Segment;
import io.thalweg.log.voters.VoterHistory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A log as it was found.
 *
 * @param segments in order; the last one grows; empty if nothing was ever written
 * @param gaps where records are missing without a trace, in the part that was read
 * @param snapshotOffset of the newest producer snapshot that was good, -1 if there was none
 * @param missing which acknowledged records have no file any more, or null
 * @param repaired what was rebuilt or cut off, for the operator's log
 */
public record LoadedLog(
        List<Segment> segments,
        List<Gap> gaps,
        ProducerStates producers,
        OpenTransactions transactions,
        LeaderEpochs epochs,
        VoterHistory voters,
        long logEndOffset,
        long snapshotOffset,
        @Nullable String missing,
        List<String> repaired) {}
