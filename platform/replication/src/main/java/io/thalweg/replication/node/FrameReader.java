package io.thalweg.replication.node;

import io.thalweg.log.LogId;
import io.thalweg.replication.LogPosition;
import io.thalweg.replication.Message;
import io.thalweg.replication.Message.EpochBegun;
import io.thalweg.replication.Message.EpochEnded;
import io.thalweg.replication.Message.FetchAnswer;
import io.thalweg.replication.Message.Outcome;
import io.thalweg.replication.Message.VoteAnswer;
import io.thalweg.replication.Message.VoteRequest;
import io.thalweg.replication.Voters;
import io.thalweg.replication.node.Frame.Addressed;
import io.thalweg.replication.node.Frame.Answer;
import io.thalweg.replication.node.Frame.Named;
import io.thalweg.replication.node.Frame.Request;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link FrameWriter} wrote, all of it before anything is believed. Allocates for what is there, never for what a
 * length or a count claims.
 */
final class FrameReader {

    private static final ByteBuffer NO_RECORDS = ByteBuffer.allocate(0).asReadOnlyBuffer();
    private static final Outcome[] OUTCOMES = {Outcome.OK, Outcome.DIVERGED, Outcome.OUT_OF_RANGE, Outcome.NOT_LEADER};

    private static final int LOG_BYTES = 20;
    private static final int MESSAGE_BYTES_MIN = LOG_BYTES + 5;
    private static final int PARTITION_BYTES_MIN = LOG_BYTES + 1;

    private final int from;
    private final Buffer buffer;
    private int at;

    private FrameReader(int from, Buffer buffer) {
        this.from = from;
        this.buffer = buffer;
    }

    static Frame read(int from, Buffer buffer) throws MalformedFrame {
        FrameReader reader = new FrameReader(from, buffer);
        Frame frame = reader.frame();
        if (reader.at != buffer.length()) {
            throw reader.malformed("bytes left over", buffer.length() - reader.at);
        }
        return frame;
    }

    private Frame frame() throws MalformedFrame {
        int magic = unsignedByte();
        if (magic != FrameWriter.MAGIC) {
            throw malformed("magic", magic);
        }
        int version = unsignedByte();
        if (version != FrameWriter.VERSION) {
            throw malformed("version", version);
        }
        int kind = unsignedByte();
        return switch (kind) {
            case FrameWriter.MESSAGES -> messages();
            case FrameWriter.FETCH -> fetch();
            case FrameWriter.ANSWERS -> answers();
            case FrameWriter.LOST -> new Frame.SessionLost(int64());
            default -> throw malformed("kind", kind);
        };
    }

    private Frame messages() throws MalformedFrame {
        int count = count(MESSAGE_BYTES_MIN);
        List<Addressed> messages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            messages.add(new Addressed(log(), message()));
        }
        return new Frame.Messages(messages);
    }

    private Message message() throws MalformedFrame {
        int kind = unsignedByte();
        int epoch = natural();
        return switch (kind) {
            case FrameWriter.VOTE_REQUEST ->
                new VoteRequest(from, epoch, (unsignedByte() & FrameWriter.PRE_VOTE) != 0, position());
            case FrameWriter.VOTE_ANSWER -> voteAnswer(epoch);
            case FrameWriter.EPOCH_BEGUN -> new EpochBegun(from, epoch);
            case FrameWriter.EPOCH_ENDED -> new EpochEnded(from, epoch, brokers());
            default -> throw malformed("message", kind);
        };
    }

    private Message voteAnswer(int epoch) throws MalformedFrame {
        int asked = natural();
        int flags = unsignedByte();
        return new VoteAnswer(
                from,
                epoch,
                asked,
                (flags & FrameWriter.PRE_VOTE) != 0,
                (flags & FrameWriter.GRANTED) != 0,
                brokerOrNobody());
    }

    private Frame fetch() throws MalformedFrame {
        long session = int64();
        int sequence = natural();
        int incarnation = int32();
        int count = count(PARTITION_BYTES_MIN);
        List<Named> partitions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            partitions.add(named());
        }
        return new Frame.Fetch(session, sequence, incarnation, partitions);
    }

    private Named named() throws MalformedFrame {
        LogId log = log();
        int flags = unsignedByte();
        if ((flags & FrameWriter.FORGET) != 0) {
            return new Named(log, null, 0, false);
        }
        int epoch = natural();
        LogPosition end = position();
        long durableEnd = offset();
        long highWatermark = offset();
        boolean trusted = (flags & FrameWriter.TRUSTED) != 0;
        return new Named(
                log,
                new Request(epoch, end.epoch(), end.offset(), durableEnd, trusted),
                highWatermark,
                (flags & FrameWriter.ANSWER_WANTED) != 0);
    }

    private Frame answers() throws MalformedFrame {
        long session = int64();
        int sequence = natural();
        int count = count(PARTITION_BYTES_MIN);
        List<Answer> answers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            answers.add(answer());
        }
        return new Frame.Answers(session, sequence, answers);
    }

    private Answer answer() throws MalformedFrame {
        LogId log = log();
        int outcome = unsignedByte();
        if (outcome == FrameWriter.UNKNOWN) {
            return new Answer(log, null, null, NO_RECORDS);
        }
        if (outcome >= OUTCOMES.length) {
            throw malformed("outcome", outcome);
        }
        int epoch = natural();
        int leader = brokerOrNobody();
        LogPosition asked = position();
        LogPosition position = position();
        long highWatermark = offset();
        int flags = unsignedByte();
        Voters voters = (flags & FrameWriter.VOTERS) == 0 ? null : voters();
        ByteBuffer records = records();
        FetchAnswer message = new FetchAnswer(
                from,
                epoch,
                leader,
                OUTCOMES[outcome],
                asked,
                position,
                highWatermark,
                (flags & FrameWriter.TRUSTS) != 0);
        check(message, voters, records);
        return new Answer(log, message, voters, records);
    }

    /** What a follower must be able to rely on whoever sent it. */
    private void check(FetchAnswer message, @Nullable Voters voters, ByteBuffer records) throws MalformedFrame {
        boolean brings = records.hasRemaining();
        if (message.outcome() == Outcome.OUT_OF_RANGE && voters == null) {
            throw malformed("voters of a log that begins anew", 0);
        }
        if (message.outcome() != Outcome.OK && brings) {
            throw malformed("records beside a refusal", records.remaining());
        }
        if (message.outcome() == Outcome.OK) {
            LogPosition end = brings ? Batches.endOf(records, message.asked(), message.epoch()) : message.asked();
            if (!message.position().equals(end)) {
                throw malformed("end of records", message.position().offset());
            }
        }
    }

    private ByteBuffer records() throws MalformedFrame {
        int length = int32();
        if (length < 0 || length > buffer.length() - at) {
            throw malformed("length of records", length);
        }
        if (length == 0) {
            return NO_RECORDS;
        }
        ByteBuffer records = ByteBuffer.wrap(buffer.getBytes(at, at + length));
        at += length;
        return records;
    }

    private Voters voters() throws MalformedFrame {
        List<Integer> brokers = brokers();
        if (brokers.isEmpty()) {
            throw malformed("voters", 0);
        }
        return Voters.of(brokers);
    }

    private List<Integer> brokers() throws MalformedFrame {
        int count = unsignedByte();
        List<Integer> brokers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            brokers.add(natural());
        }
        return brokers;
    }

    private LogId log() throws MalformedFrame {
        long high = int64();
        long low = int64();
        return new LogId(new Uuid(high, low), natural());
    }

    private LogPosition position() throws MalformedFrame {
        int epoch = natural();
        return new LogPosition(epoch, offset());
    }

    private int brokerOrNobody() throws MalformedFrame {
        int broker = int32();
        if (broker < -1) {
            throw malformed("broker", broker);
        }
        return broker;
    }

    /** A number of things of which each takes at least so many bytes. */
    private int count(int bytesEachMin) throws MalformedFrame {
        int count = int32();
        if (count < 0 || count > (buffer.length() - at) / bytesEachMin) {
            throw malformed("count", count);
        }
        return count;
    }

    private int natural() throws MalformedFrame {
        int value = int32();
        if (value < 0) {
            throw malformed("negative number", value);
        }
        return value;
    }

    private long offset() throws MalformedFrame {
        long value = int64();
        if (value < 0) {
            throw malformed("negative offset", value);
        }
        return value;
    }

    private int unsignedByte() throws MalformedFrame {
        need(1);
        return buffer.getUnsignedByte(at++);
    }

    private int int32() throws MalformedFrame {
        need(4);
        int value = buffer.getInt(at);
        at += 4;
        return value;
    }

    private long int64() throws MalformedFrame {
        need(8);
        long value = buffer.getLong(at);
        at += 8;
        return value;
    }

    private void need(int bytes) throws MalformedFrame {
        if (buffer.length() - at < bytes) {
            throw malformed("end of the frame; bytes missing", bytes - (buffer.length() - at));
        }
    }

    private MalformedFrame malformed(String what, long found) {
        return new MalformedFrame("replication frame refused: from=" + from + " bytes=" + buffer.length() + " at=" + at
                + ": " + what + "=" + found);
    }
}
