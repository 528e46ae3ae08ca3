package io.thalweg.broker.cluster;

import io.thalweg.broker.metadata.Controller;
import io.thalweg.broker.metadata.MetadataImage;
import io.thalweg.broker.metadata.MetadataPartition;
import io.thalweg.broker.metadata.MetadataRecord;
import io.thalweg.broker.metadata.MetadataState;
import io.thalweg.broker.partition.InternalAppends;
import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.replica.Replicas;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogId;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metadata's partition as one of its replicas has it: what is committed is applied in order, on every node by the same code,
 * whoever wrote it. The controller is the leader that has applied all that was committed before it.
 */
final class ReplicatedMetadata implements Replicas.Observer, Controller.Committer {

    private static final Logger LOGGER = LoggerFactory.getLogger(ReplicatedMetadata.class);

    private final Vertx vertx;
    /** May block. */
    private final Context context;

    private final InternalAppends appends;
    private final Partition partition;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile long applied;
    private volatile int leader = -1;

    // Confined to the context.
    private @Nullable MetadataState state;
    private @Nullable Controller controller;
    private final List<Runnable> onController = new ArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();
    /** In which this node became the controller: what it decided since is appended in no other. */
    private int decidingEpoch = -1;

    private boolean broken;

    private record Waiting(long offset, Promise<Void> promise, long timer) {}

    ReplicatedMetadata(Vertx vertx, Context context, LogDirectory directory, InternalAppends appends) {
        this.vertx = vertx;
        this.context = context;
        this.appends = appends;
        this.partition = MetadataPartition.replica(directory);
    }

    Partition partition() {
        return partition;
    }

    /** What is known to be committed from before. Blocks on disk; the log is open afterwards. */
    MetadataImage replay() throws IOException {
        partition.log().open();
        MetadataImage.Draft draft = MetadataImage.EMPTY.draft();
        applied = MetadataPartition.replay(partition, partition.log().logStartOffset(), draft);
        return draft.build();
    }

    /** Whether another broker was ever registered, as far as the log says, committed or not. Blocks on disk. */
    boolean knowsOthers(int self) throws IOException {
        MetadataImage.Draft draft = MetadataImage.EMPTY.draft();
        MetadataPartition.replayAll(partition, draft);
        return draft.brokers().stream().anyMatch(broker -> broker.brokerId() != self);
    }

    /** Where applied records go to, and who decides when this node leads. Before the partition is opened. */
    void publishTo(MetadataState published, Controller decider) {
        state = published;
        controller = decider;
    }

    /** The node that decides, as far as this one knows; -1 while there is none. From any thread. */
    int leader() {
        return leader;
    }

    /** Records below are applied. From any thread. */
    long applied() {
        return applied;
    }

    /** Completes on the caller's context when the records below are applied here; fails with REQUEST_TIMED_OUT. */
    Future<Void> whenApplied(long offset, Duration atMost) {
        Promise<Void> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
        context.runOnContext(nothing -> {
            if (applied >= offset) {
                promise.complete();
                return;
            }
            waiting.add(new Waiting(offset, promise, vertx.setTimer(Math.max(1, atMost.toMillis()), this::onLate)));
        });
        return promise.future();
    }

    private void onLate(long timer) {
        for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
            Waiting next = each.next();
            if (next.timer() == timer) {
                each.remove();
                next.promise()
                        .fail(new ThalwegException(
                                ErrorCode.REQUEST_TIMED_OUT,
                                "the change is committed but has not come to this node yet; it will"));
            }
        }
    }

    /** Run on the context whenever this node has become the controller. */
    void onController(Runnable task) {
        onController.add(task);
    }

    // ---- told on the replication loop

    @Override
    public void onLeader(Partition of, LogId id, int epoch, int newLeader) {
        if (isMine(of)) {
            leader = newLeader;
            // Of itself it hears when it is elected, and decides nothing yet, and when a hand-over came to nothing, and
            // it
            // goes on.
            if (!of.leads(epoch)) {
                context.runOnContext(nothing -> decider()
                        .deactivate("the controller is another node now: controller=" + leader + "; ask that one"));
            }
        }
    }

    @Override
    public void onSettled(Partition of, LogId id, int epoch) {
        if (isMine(of)) {
            context.runOnContext(nothing -> becomeController(epoch));
        }
    }

    @Override
    public void onHighWatermark(Partition of, LogId id, long offset) {
        if (isMine(of) && scheduled.compareAndSet(false, true)) {
            context.runOnContext(nothing -> {
                scheduled.set(false);
                apply();
            });
        }
    }

    @SuppressWarnings("ReferenceEquality") // there is one
    private boolean isMine(Partition other) {
        return other == partition;
    }

    // ---- on the context

    private void becomeController(int epoch) {
        apply();
        if (!broken && partition.leads(epoch)) {
            LOGGER.atInfo()
                    .setMessage("this node is the controller")
                    .addKeyValue("epoch", epoch)
                    .log();
            decidingEpoch = epoch;
            decider().activate();
            onController.forEach(Runnable::run);
        }
    }

    /** Applies what is committed and not applied yet. */
    private void apply() {
        if (broken || partition.log().highWatermark() <= applied) {
            return;
        }
        MetadataState published = published();
        MetadataImage.Draft draft = published.image().draft();
        long end;
        try {
            end = MetadataPartition.replay(partition, applied, draft);
        } catch (IOException | RuntimeException failure) {
            broken = true;
            decider().deactivate("the controller cannot read its metadata; see its log");
            LOGGER.atError()
                    .setMessage(
                            "committed metadata cannot be applied; restart the node once its disk, or version, is right")
                    .addKeyValue("offset", applied)
                    .setCause(failure)
                    .log();
            return;
        }
        published.publish(draft.build());
        applied = end;
        for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
            Waiting next = each.next();
            if (next.offset() <= end) {
                each.remove();
                vertx.cancelTimer(next.timer());
                next.promise().complete();
            }
        }
    }

    @Override
    public Future<Void> commit(List<MetadataRecord> records, MetadataImage next) {
        // Who lost the leadership and has it again has yet to apply what others committed meanwhile.
        return appends.append(partition, decidingEpoch, MetadataPartition.batch(records, appends.nowMillis()))
                .map(appended -> {
                    apply();
                    if (broken) {
                        throw new UncheckedIOException(new IOException("committed metadata cannot be applied"));
                    }
                    return null;
                });
    }

    private MetadataState published() {
        MetadataState known = state;
        if (known == null) {
            throw new IllegalStateException("publishTo comes first");
        }
        return known;
    }

    private Controller decider() {
        Controller known = controller;
        if (known == null) {
            throw new IllegalStateException("publishTo comes first");
        }
        return known;
    }
}
