package io.thalweg.replication.node;

import io.thalweg.log.LogId;
import io.thalweg.replication.Message;
import io.thalweg.replication.Voters;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one node sends another at once. {@link FrameWriter} draws the bytes. */
sealed interface Frame {

    /** Votes and the like, of any number of partitions. */
    record Messages(List<Addressed> messages) implements Frame {}

    /** @param message anything but a fetch or its answer */
    record Addressed(LogId partition, Message message) {}

    /**
     * What changed since the frame of this session before: the follower's side of a fetch session.
     *
     * @param session chosen at random by the follower; one that is new begins with {@code sequence} 0 and nothing in it
     * @param sequence one more with each frame of the session
     */
    record Fetch(long session, int sequence, int incarnation, List<Named> partitions) implements Frame {}

    /**
     * Where a follower's log ends and waits for more.
     *
     * @param request null: the follower wants no more of the partition
     * @param highWatermark the follower's
     * @param answerWanted although there may be no news
     */
    record Named(LogId partition, @Nullable Request request, long highWatermark, boolean answerWanted) {}

    /** A {@link Message.FetchRequest} but for who sends it. */
    record Request(int epoch, int endEpoch, long endOffset, long durableEnd, boolean trusted) {}

    /**
     * What the leader has to say: the other side of a fetch session.
     *
     * @param sequence one more with each frame of answers
     */
    record Answers(long session, int sequence, List<Answer> answers) implements Frame {}

    /**
     * Of one partition.
     *
     * @param message null: the partition is not here
     * @param voters with OUT_OF_RANGE, for the log that begins anew
     * @param records whole batches from {@code message.asked()} to {@code message.position()}; empty for none
     */
    record Answer(
            LogId partition,
            Message.@Nullable FetchAnswer message,
            @Nullable Voters voters,
            ByteBuffer records) {}

    /** The follower must begin a new session: something of this one was lost, or its leader never heard of it. */
    record SessionLost(long session) implements Frame {}
}
