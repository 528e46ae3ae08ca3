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
import java.util.List;

/**
 * Frames as bytes, big-endian:
 *
 * <pre>
 * frame     magic u8 0x52 | version u8 | kind u8 | body
 * messages  count i32 | { log | kind u8 | epoch i32 | fields of the kind }
 * fetch     session i64 | sequence i32 | incarnation i32 | count i32 | { log | flags u8
 *           [ epoch i32 | end | durable end i64 | high watermark i64 ] }          without flag FORGET
 * answers   session i64 | sequence i32 | count i32 | { log | outcome u8
 *           [ epoch i32 | leader i32 | asked | position | high watermark i64 | flags u8
 *             [ voters ]                                                          with flag VOTERS
 *             | length i32 | records ] }                                          unless the outcome is UNKNOWN
 * lost      session i64
 *
 * log       topic id 2 x i64 | partition i32
 * end, asked, position   epoch i32 | offset i64
 * voters    count u8 | { broker i32 }
 * </pre>
 */
final class FrameWriter {

    static final int MAGIC = 0x52;
    static final int VERSION = 1;

    static final int MESSAGES = 1;
    static final int FETCH = 2;
    static final int ANSWERS = 3;
    static final int LOST = 4;

    static final int VOTE_REQUEST = 1;
    static final int VOTE_ANSWER = 2;
    static final int EPOCH_BEGUN = 3;
    static final int EPOCH_ENDED = 4;

    static final int PRE_VOTE = 1;
    static final int GRANTED = 2;

    static final int FORGET = 1;
    static final int ANSWER_WANTED = 2;
    static final int TRUSTED = 4;

    static final int VOTERS = 2;
    static final int TRUSTS = 4;

    /** In place of a {@link Message.Outcome}. */
    static final int UNKNOWN = 255;

    /** Of one answer, without voters and records. */
    static final int ANSWER_BYTES = 20 + 1 + 4 + 4 + 12 + 12 + 8 + 1 + 4;

    private static final int HEADER_BYTES = 3;

    private FrameWriter() {}

    static Buffer messages(List<Addressed> messages) {
        Buffer to = begin(MESSAGES, 4 + 42 * messages.size());
        to.appendInt(messages.size());
        for (Addressed addressed : messages) {
            log(to, addressed.partition());
            message(to, addressed.message());
        }
        return to;
    }

    private static void message(Buffer to, Message message) {
        if (message instanceof VoteRequest request) {
            to.appendByte((byte) VOTE_REQUEST).appendInt(request.epoch());
            to.appendByte((byte) (request.preVote() ? PRE_VOTE : 0));
            position(to, request.end());
        } else if (message instanceof VoteAnswer answer) {
            to.appendByte((byte) VOTE_ANSWER).appendInt(answer.epoch()).appendInt(answer.asked());
            to.appendByte((byte) ((answer.preVote() ? PRE_VOTE : 0) | (answer.granted() ? GRANTED : 0)));
            to.appendInt(answer.leader());
        } else if (message instanceof EpochBegun begun) {
            to.appendByte((byte) EPOCH_BEGUN).appendInt(begun.epoch());
        } else if (message instanceof EpochEnded ended) {
            to.appendByte((byte) EPOCH_ENDED).appendInt(ended.epoch());
            brokers(to, ended.successors());
        } else {
            throw new IllegalArgumentException("travels in a fetch session: " + message);
        }
    }

    static Buffer fetch(long session, int sequence, int incarnation, List<Named> partitions) {
        Buffer to = begin(FETCH, 20 + 53 * partitions.size());
        to.appendLong(session).appendInt(sequence).appendInt(incarnation).appendInt(partitions.size());
        for (Named named : partitions) {
            log(to, named.partition());
            Request request = named.request();
            if (request == null) {
                to.appendByte((byte) FORGET);
                continue;
            }
            to.appendByte((byte) ((named.answerWanted() ? ANSWER_WANTED : 0) | (request.trusted() ? TRUSTED : 0)));
            to.appendInt(request.epoch()).appendInt(request.endEpoch()).appendLong(request.endOffset());
            to.appendLong(request.durableEnd()).appendLong(named.highWatermark());
        }
        return to;
    }

    static Buffer answers(long session, int sequence, List<Answer> answers, int bytesExpected) {
        Buffer to = begin(ANSWERS, 16 + bytesExpected);
        to.appendLong(session).appendInt(sequence).appendInt(answers.size());
        for (Answer answer : answers) {
            log(to, answer.partition());
            answer(to, answer);
        }
        return to;
    }

    /** The place in {@link FrameReader}'s list. */
    private static byte code(Outcome outcome) {
        return switch (outcome) {
            case OK -> 0;
            case DIVERGED -> 1;
            case OUT_OF_RANGE -> 2;
            case NOT_LEADER -> 3;
        };
    }

    private static void answer(Buffer to, Answer answer) {
        FetchAnswer message = answer.message();
        if (message == null) {
            to.appendByte((byte) UNKNOWN);
            return;
        }
        Voters voters = answer.voters();
        to.appendByte(code(message.outcome()));
        to.appendInt(message.epoch()).appendInt(message.leader());
        position(to, message.asked());
        position(to, message.position());
        to.appendLong(message.highWatermark());
        to.appendByte((byte) ((message.trusts() ? TRUSTS : 0) | (voters == null ? 0 : VOTERS)));
        if (voters != null) {
            brokers(to, List.copyOf(voters.ids()));
        }
        ByteBuffer records = answer.records();
        to.appendInt(records.remaining());
        bytes(to, records);
    }

    static Buffer sessionLost(long session) {
        return begin(LOST, 8).appendLong(session);
    }

    private static Buffer begin(int kind, int bytesExpected) {
        return Buffer.buffer(HEADER_BYTES + bytesExpected)
                .appendByte((byte) MAGIC)
                .appendByte((byte) VERSION)
                .appendByte((byte) kind);
    }

    private static void log(Buffer to, LogId id) {
        to.appendLong(id.topicId().getMostSignificantBits());
        to.appendLong(id.topicId().getLeastSignificantBits());
        to.appendInt(id.partition());
    }

    private static void position(Buffer to, LogPosition position) {
        to.appendInt(position.epoch()).appendLong(position.offset());
    }

    private static void brokers(Buffer to, List<Integer> brokers) {
        if (brokers.size() > 255) {
            throw new IllegalArgumentException("brokers=" + brokers.size() + "; at most 255 are named at once");
        }
        to.appendByte((byte) brokers.size());
        brokers.forEach(to::appendInt);
    }

    private static void bytes(Buffer to, ByteBuffer records) {
        if (records.hasArray()) {
            to.appendBytes(records.array(), records.arrayOffset() + records.position(), records.remaining());
        } else {
            byte[] copy = new byte[records.remaining()];
            records.duplicate().get(copy);
            to.appendBytes(copy);
        }
    }
}
