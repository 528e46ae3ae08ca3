package io.thalweg.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.ControlRecords;
import io.thalweg.log.record.ValidatedBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What one replica's log must hold, and the leader that it is fed by: for {@link ReplicaCrashModel}. */
final class ReplicaModel {

    static final long PRODUCER = 10;

    /** A batch as it lies in the log. */
    record Batch(ByteBuffer bytes, @Nullable VotersAt voters) {
        long base() {
            return BatchHeader.baseOffset(bytes, 0);
        }

        long next() {
            return BatchHeader.lastOffset(bytes, 0) + 1;
        }

        int epoch() {
            return BatchHeader.leaderEpoch(bytes, 0);
        }
    }

    /** A batch on its way. */
    record Sent(ReplicaModel model, Batch batch) {}

    /** Where the log is to begin anew. */
    record NewStart(EpochOffset at, SortedSet<Integer> voters) {}

    final LogId id;
    private final Random random;

    /** What is there, deleted or not, behind {@link #base}. */
    private List<Batch> held = new ArrayList<>();

    private EpochOffset base = new EpochOffset(-1, 0);
    private @Nullable VotersAt baseVoters;
    private int epoch;
    private int values;

    long start;
    /** Of a deletion of records that was answered. */
    long promisedStart;

    long highWatermark;

    /** Sent after what is held, outcome unknown, in order. */
    final List<Batch> unknown = new ArrayList<>();

    long unansweredTruncation = -1;
    long unansweredDeletion = -1;

    @Nullable
    NewStart unansweredStart;

    ReplicaModel(LogId id, Random random) {
        this.id = id;
        this.random = random;
    }

    // ---- what it is given

    int nextEpoch() {
        epoch += 1 + random.nextInt(2);
        return epoch;
    }

    int lastEpoch() {
        return epoch;
    }

    /** Some batches of the present leader or a new one, as a fetch brings them. */
    List<Append> fetch(PartitionLog log, long now, List<Sent> sent) {
        EpochOffset from = end();
        long next = from.offset();
        List<Batch> batches = new ArrayList<>();
        ByteBuffer records = ByteBuffer.allocate(16 << 10);
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            boolean begins = random.nextInt(8) == 0 || epoch <= 0;
            if (begins) {
                nextEpoch();
            }
            if (random.nextInt(6) == 0) {
                next += 1 + random.nextInt(40);
            }
            Batch batch = batch(next, now, begins && random.nextInt(4) > 0);
            batches.add(batch);
            records.put(batch.bytes().duplicate());
            next = batch.next();
        }
        records.flip();
        batches.forEach(batch -> sent.add(new Sent(this, batch)));
        return Append.fetched(log, records, from, Replicas.endOf(records, from));
    }

    private Batch batch(long offset, long now, boolean leaderChange) {
        if (leaderChange) {
            return place(ControlRecords.leaderChange(1, 1, List.of(1, 2), List.of(1)), offset);
        }
        if (random.nextInt(10) == 0) {
            return place(ControlRecords.voters(1, List.of(1, 2 + random.nextInt(5))), offset);
        }
        BatchBuilder builder = BatchBuilder.uncompressed().position(offset, epoch);
        if (random.nextInt(3) == 0) {
            builder.producer(PRODUCER + random.nextInt(2), (short) 0, values, false);
        }
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            builder.append(now, null, value().getBytes(UTF_8));
        }
        return new Batch(builder.build(), null);
    }

    private String value() {
        return "v" + values++ + "x".repeat(random.nextInt(120));
    }

    private Batch place(ValidatedBatches batch, long offset) {
        ByteBuffer bytes = ByteBuffer.allocate(batch.sizeInBytes());
        batch.copyTo(bytes, 0, offset, epoch, 0);
        SortedSet<Integer> ids = ControlRecords.readVoters(bytes, 0);
        return new Batch(bytes, ids == null ? null : new VotersAt(offset, ids));
    }

    /** A batch that this replica appends as the leader of a new epoch or of its last one. */
    Append lead(PartitionLog log, long now, List<Sent> sent) {
        boolean begins = random.nextInt(4) == 0 || epoch == 0;
        if (begins) {
            nextEpoch();
        }
        ValidatedBatches batch;
        AppendOrigin origin = AppendOrigin.CLIENT;
        if (begins) {
            batch = ControlRecords.leaderChange(now, 2, List.of(1, 2), List.of(2));
            origin = AppendOrigin.COORDINATOR;
        } else {
            batch = Batches.of(now, value(), value());
        }
        sent.add(new Sent(this, place(batch, end().offset())));
        return new Append(log, batch, epoch, origin);
    }

    void answered(Batch batch, Append append) {
        if (append.failure() == null) {
            assertThat(append.baseOffset()).isEqualTo(batch.base());
            assertThat(append.lastOffset()).isEqualTo(batch.next() - 1);
            held.add(batch);
        } else {
            unknown.add(batch);
        }
    }

    void commit(PartitionLog log) {
        long end = end().offset();
        if (end > highWatermark) {
            highWatermark += random.nextLong(end - highWatermark + 1);
            log.advanceHighWatermark(highWatermark);
        }
    }

    // ---- what is done to it

    /** Where a batch begins, at or after {@code least}; the end if none does. */
    long boundary(long least) {
        List<Long> found = new ArrayList<>();
        for (Batch batch : held) {
            if (batch.base() >= least) {
                found.add(batch.base());
            }
        }
        return found.isEmpty() ? end().offset() : found.get(random.nextInt(found.size()));
    }

    void truncated(long offset) {
        held.removeIf(batch -> batch.base() >= offset);
        highWatermark = Math.min(highWatermark, end().offset());
        nextEpoch();
    }

    NewStart newStart() {
        long offset = random.nextInt(3) == 0
                ? highWatermark + random.nextLong(end().offset() - highWatermark + 1)
                : end().offset() + random.nextInt(200);
        SortedSet<Integer> voters = random.nextBoolean() ? new TreeSet<>() : new TreeSet<>(List.of(1, 3));
        return new NewStart(new EpochOffset(offset == 0 ? -1 : nextEpoch(), offset), voters);
    }

    void restarted(NewStart start) {
        held = new ArrayList<>();
        base = start.at();
        baseVoters = votersOf(start);
        this.start = base.offset();
        promisedStart = base.offset();
        highWatermark = base.offset();
        unknown.clear();
    }

    private static @Nullable VotersAt votersOf(NewStart start) {
        return start.voters().isEmpty() ? null : new VotersAt(start.at().offset() - 1, start.voters());
    }

    // ---- after a restart

    /** Finds out what became of what was not answered; only what may be there is. */
    void settle(PartitionLog log, boolean durable) throws IOException {
        LogView view = log.view();
        NewStart begun = unansweredStart;
        if (begun != null
                && view.start().equals(begun.at())
                && view.end().equals(begun.at())
                && Objects.equals(view.latestVoters(), votersOf(begun))) {
            restarted(begun);
        }
        unansweredStart = null;
        if (unansweredTruncation >= 0 && view.end().offset() < end().offset()) {
            long target = Math.max(view.start().offset(), boundaryAt(unansweredTruncation));
            assertThat(view.end().offset()).isGreaterThanOrEqualTo(target);
            if (durable) {
                assertThat(view.end().offset()).isEqualTo(target);
            }
            truncated(view.end().offset());
            unknown.clear();
        }
        unansweredTruncation = -1;
        assertThat(view.start().offset())
                .as("start of %s", id)
                .isLessThanOrEqualTo(Math.max(start, unansweredDeletion));
        if (durable) {
            assertThat(view.start().offset()).isGreaterThanOrEqualTo(promisedStart);
        }
        start = view.start().offset();
        unansweredDeletion = -1;
        for (Batch batch : unknown) {
            if (batch.next() > view.end().offset()) {
                break;
            }
            held.add(batch);
        }
        unknown.clear();
        assertThat(log.highWatermark())
                .as("high watermark of %s", id)
                .isLessThanOrEqualTo(Math.max(highWatermark, start));
        highWatermark = log.highWatermark();
        promisedStart = Math.max(promisedStart, base.offset());
    }

    /** Truncated there, the log ends here: behind the last batch before it. */
    private long boundaryAt(long offset) {
        long end = base.offset();
        for (Batch batch : held) {
            end = batch.base() < offset ? batch.next() : end;
        }
        return end;
    }

    // ---- what it must look like

    /** Not before the start: what was cut off before it had been left out by compaction. */
    EpochOffset end() {
        if (held.isEmpty()) {
            return new EpochOffset(base.epoch(), Math.max(base.offset(), start));
        }
        Batch last = held.get(held.size() - 1);
        return new EpochOffset(last.epoch(), Math.max(last.next(), start));
    }

    EpochOffset startPosition() {
        int before = base.epoch();
        for (Batch batch : held) {
            before = batch.base() < start ? batch.epoch() : before;
        }
        return new EpochOffset(before, start);
    }

    List<ByteBuffer> bytes() {
        return held.stream()
                .filter(batch -> batch.next() > start)
                .map(Batch::bytes)
                .toList();
    }

    EpochOffset endOfEpoch(int asked) {
        long ends = end().offset();
        for (int i = held.size() - 1; i >= 0 && ends > start; i--) {
            if (held.get(i).epoch() <= asked) {
                return new EpochOffset(held.get(i).epoch(), ends);
            }
            ends = held.get(i).base();
        }
        if (ends > start && base.epoch() >= 0 && base.epoch() <= asked && ends > base.offset()) {
            return new EpochOffset(base.epoch(), ends);
        }
        return startPosition();
    }

    @Nullable
    VotersAt latestVoters() {
        return votersBefore(Long.MAX_VALUE);
    }

    @Nullable
    VotersAt votersAtStart() {
        return votersBefore(start);
    }

    private @Nullable VotersAt votersBefore(long offset) {
        VotersAt found = baseVoters;
        for (Batch batch : held) {
            VotersAt voters = batch.voters();
            if (voters != null && voters.offset() < offset) {
                found = voters;
            }
        }
        return found;
    }

    long lastOffsetOf(long producerId) {
        long last = -1;
        for (Batch batch : held) {
            if (batch.next() > start && BatchHeader.producerId(batch.bytes(), 0) == producerId) {
                last = batch.next() - 1;
            }
        }
        return last;
    }
}
