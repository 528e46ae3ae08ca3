package io.thalweg.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.LogId;
import io.thalweg.log.record.BatchHeader;
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
import io.thalweg.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;

class FramePropertyTest {

    private static final int FROM = 3;

    @Seeds(count = 200)
    void whatIsWrittenIsRead(long seed) throws MalformedFrame {
        SplittableRandom random = new SplittableRandom(seed);
        Frame frame = frame(random);
        assertThat(FrameReader.read(FROM, write(frame))).isEqualTo(frame);
    }

    /** And nothing else than a refusal comes of it. */
    @Seeds(count = 200)
    void damagedBytesAreRefusedOrReadAsSomethingElse(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = write(frame(random)).getBytes();
        for (int i = 0; i < 50; i++) {
            read(damaged(bytes, random));
        }
        byte[] garbage = new byte[random.nextInt(200)];
        random.nextBytes(garbage);
        read(garbage);
        if (garbage.length > 3) {
            garbage[0] = FrameWriter.MAGIC;
            garbage[1] = FrameWriter.VERSION;
            garbage[2] = (byte) (1 + random.nextInt(4));
            read(garbage);
        }
    }

    private static void read(byte[] bytes) {
        try {
            assertThat(FrameReader.read(FROM, Buffer.buffer(bytes))).isNotNull();
        } catch (MalformedFrame refused) {
            assertThat(refused).hasMessageContaining("refused");
        }
    }

    private static byte[] damaged(byte[] bytes, SplittableRandom random) {
        byte[] damaged = bytes.clone();
        switch (random.nextInt(3)) {
            case 0 -> damaged = Arrays.copyOf(bytes, random.nextInt(bytes.length + 20));
            case 1 -> damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            default -> {
                int at = random.nextInt(bytes.length);
                for (int i = at; i < Math.min(bytes.length, at + 4); i++) {
                    damaged[i] = random.nextBoolean() ? -1 : (byte) random.nextInt();
                }
            }
        }
        return damaged;
    }

    private static Buffer write(Frame frame) {
        if (frame instanceof Frame.Messages messages) {
            return FrameWriter.messages(messages.messages());
        } else if (frame instanceof Frame.Fetch fetch) {
            return FrameWriter.fetch(fetch.session(), fetch.sequence(), fetch.incarnation(), fetch.partitions());
        } else if (frame instanceof Frame.Answers answers) {
            return FrameWriter.answers(answers.session(), answers.sequence(), answers.answers(), 100);
        } else if (frame instanceof Frame.SessionLost lost) {
            return FrameWriter.sessionLost(lost.session());
        }
        throw new AssertionError(frame);
    }

    private static Frame frame(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> new Frame.Messages(many(random, () -> new Addressed(id(random), message(random))));
            case 1 ->
                new Frame.Fetch(
                        random.nextLong(), natural(random), random.nextInt(), many(random, () -> named(random)));
            case 2 -> new Frame.Answers(random.nextLong(), natural(random), many(random, () -> answer(random)));
            default -> new Frame.SessionLost(random.nextLong());
        };
    }

    private static Message message(SplittableRandom random) {
        int epoch = natural(random);
        return switch (random.nextInt(4)) {
            case 0 -> new VoteRequest(FROM, epoch, random.nextBoolean(), position(random));
            case 1 ->
                new VoteAnswer(
                        FROM,
                        epoch,
                        natural(random),
                        random.nextBoolean(),
                        random.nextBoolean(),
                        random.nextInt(4) - 1);
            case 2 -> new EpochBegun(FROM, epoch);
            default -> new EpochEnded(FROM, epoch, many(random, () -> natural(random)));
        };
    }

    private static Named named(SplittableRandom random) {
        if (random.nextInt(4) == 0) {
            return new Named(id(random), null, 0, false);
        }
        LogPosition end = position(random);
        Request request = new Request(
                natural(random), end.epoch(), end.offset(), position(random).offset(), random.nextBoolean());
        return new Named(id(random), request, position(random).offset(), random.nextBoolean());
    }

    private static Answer answer(SplittableRandom random) {
        if (random.nextInt(5) == 0) {
            return new Answer(id(random), null, null, ByteBuffer.allocate(0));
        }
        Outcome outcome = Outcome.values()[random.nextInt(4)];
        LogPosition asked = new LogPosition(random.nextInt(1_000), random.nextLong(1L << 40));
        int epoch = asked.epoch() + random.nextInt(3);
        boolean brings = outcome == Outcome.OK && random.nextBoolean();
        ByteBuffer records = brings ? batch(asked, epoch, random) : ByteBuffer.allocate(0);
        LogPosition position = position(random);
        if (outcome == Outcome.OK) {
            position = brings ? new LogPosition(epoch, asked.offset() + 5) : asked;
        }
        FetchAnswer message = new FetchAnswer(
                FROM,
                epoch,
                random.nextInt(4) - 1,
                outcome,
                asked,
                position,
                random.nextLong(1L << 40),
                random.nextBoolean());
        Voters voters = outcome == Outcome.OUT_OF_RANGE ? Voters.of(List.of(1, 2, 3)) : null;
        return new Answer(id(random), message, voters, records);
    }

    private static ByteBuffer batch(LogPosition asked, int epoch, SplittableRandom random) {
        int size = BatchHeader.BYTES + random.nextInt(100);
        ByteBuffer batch = ByteBuffer.allocate(size);
        batch.putInt(BatchHeader.LENGTH, size - BatchHeader.LOG_OVERHEAD);
        batch.putInt(BatchHeader.LAST_OFFSET_DELTA, 4);
        BatchHeader.writeBaseOffset(batch, 0, asked.offset());
        BatchHeader.writeLeaderEpoch(batch, 0, epoch);
        return batch;
    }

    private static <T> List<T> many(SplittableRandom random, Supplier<T> one) {
        List<T> many = new ArrayList<>();
        for (int count = random.nextInt(6); count > 0; count--) {
            many.add(one.get());
        }
        return many;
    }

    private static LogPosition position(SplittableRandom random) {
        return new LogPosition(natural(random), random.nextLong() & Long.MAX_VALUE);
    }

    private static int natural(SplittableRandom random) {
        return random.nextInt() & Integer.MAX_VALUE;
    }

    private static LogId id(SplittableRandom random) {
        return new LogId(new Uuid(random.nextLong(), random.nextLong()), natural(random));
    }
}
