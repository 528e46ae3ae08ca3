package io.thalweg.broker.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.api.TopicsApi.NewTopic;
import io.thalweg.broker.metadata.MetadataRecord.BrokerRecord;
import io.thalweg.broker.topic.TopicSettings;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControllerTest {

    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<Commit> commits = new LinkedBlockingQueue<>();
    private final List<MetadataImage> images = new ArrayList<>();
    private final TopicCommands commands =
            new TopicCommands(new TopicSettings(Map.of()), new LonePlacer(1), 3, 100, Uuid::randomUuid);
    private Controller controller;

    private record Commit(List<MetadataRecord> records, Promise<Void> promise) {}

    @BeforeEach
    void start() {
        MetadataImage.Draft draft = MetadataImage.EMPTY.draft();
        draft.apply(new BrokerRecord(1, 1, null));
        ContextInternal context = ((ContextInternal) vertx.getOrCreateContext());
        MetadataState state = new MetadataState(draft.build(), (before, after) -> images.add(after));
        controller = new Controller(vertx, context, state, (records, next) -> {
            Promise<Void> promise = Promise.promise();
            Promise<Void> onContext = context.promise();
            promise.future()
                    .onComplete(result -> context.runOnContext(nothing -> {
                        if (result.succeeded()) {
                            state.publish(next);
                            onContext.complete();
                        } else {
                            onContext.fail(result.cause());
                        }
                    }));
            commits.add(new Commit(List.copyOf(records), promise));
            return onContext.future();
        });
        context.runOnContext(nothing -> controller.activate());
    }

    @AfterEach
    void stop() {
        await(vertx.close());
    }

    @Test
    void aCommandIsAnsweredAndVisibleOnlyWhenItsRecordIsCommitted() throws Exception {
        Future<TopicView> created = controller.submit(commands.create(NewTopic.named("a", 2), false));
        Commit commit = nextCommit();

        assertThat(created.isComplete()).isFalse();
        assertThat(images).isEmpty();

        commit.promise.complete();
        assertThat(await(created).partitions()).hasSize(2);
        assertThat(images).hasSize(1);
        assertThat(images.get(0).topics()).containsKey("a");
        assertThat(images.get(0).partitionCount()).isEqualTo(2);
    }

    @Test
    void commandsThatWaitAreDecidedTogetherEachOnTopOfTheOneBefore() throws Exception {
        Future<TopicView> first = controller.submit(commands.create(NewTopic.named("a", 1), false));
        Commit commit = nextCommit();
        Future<TopicView> second = controller.submit(commands.create(NewTopic.named("b", 1), false));
        Future<TopicView> again = controller.submit(commands.create(NewTopic.named("b", 1), false));
        Future<TopicView> grown = controller.submit(commands.createPartitions("b", 4, false));

        commit.promise.complete();
        await(first);
        Commit together = nextCommit();
        assertThat(together.records).hasSize(2);
        together.promise.complete();

        await(second);
        assertThat(await(grown).partitions()).hasSize(4);
        assertThatThrownBy(() -> await(again)).satisfies(failedWith(ErrorCode.TOPIC_ALREADY_EXISTS));
    }

    @Test
    void aFailedAppendFailsItsCommandsAndChangesNothing() throws Exception {
        Future<TopicView> lost = controller.submit(commands.create(NewTopic.named("a", 1), false));
        nextCommit().promise.fail(new ThalwegException(ErrorCode.KAFKA_STORAGE_ERROR, "disk"));
        assertThatThrownBy(() -> await(lost)).satisfies(failedWith(ErrorCode.KAFKA_STORAGE_ERROR));

        Future<TopicView> retried = controller.submit(commands.create(NewTopic.named("a", 1), false));
        nextCommit().promise.complete();

        assertThat(await(retried).name()).isEqualTo("a");
        assertThat(images).hasSize(1);
    }

    @Test
    void validationAloneCommitsNothing() {
        assertThat(await(controller.submit(commands.create(NewTopic.named("a", -1), true)))
                        .partitions())
                .hasSize(3);
        assertThat(commits).isEmpty();
        assertThat(images).isEmpty();
    }

    @Test
    void requestsThatCannotBeAreRefusedWithKafkasCodes() {
        assertThatThrownBy(() -> create(NewTopic.named("../x", 1)))
                .satisfies(failedWith(ErrorCode.INVALID_TOPIC_EXCEPTION));
        assertThatThrownBy(() -> create(NewTopic.named("a", 0))).satisfies(failedWith(ErrorCode.INVALID_PARTITIONS));
        assertThatThrownBy(() -> create(NewTopic.named("a", 101))).satisfies(failedWith(ErrorCode.POLICY_VIOLATION));
        assertThatThrownBy(() -> create(new NewTopic("a", 1, (short) 2, Map.of(), Map.of())))
                .satisfies(failedWith(ErrorCode.INVALID_REPLICATION_FACTOR));
        assertThatThrownBy(() -> create(new NewTopic("a", 1, (short) 0, Map.of(), Map.of())))
                .satisfies(failedWith(ErrorCode.INVALID_REPLICATION_FACTOR));
        assertThatThrownBy(() -> create(new NewTopic("a", -1, (short) -1, Map.of(0, List.of(9)), Map.of())))
                .satisfies(failedWith(ErrorCode.INVALID_REPLICA_ASSIGNMENT));
        assertThatThrownBy(() -> create(new NewTopic("a", -1, (short) -1, Map.of(1, List.of(1)), Map.of())))
                .satisfies(failedWith(ErrorCode.INVALID_REPLICA_ASSIGNMENT));
        assertThatThrownBy(() -> create(new NewTopic("a", 1, (short) -1, Map.of(), Map.of("no.such", "1"))))
                .satisfies(failedWith(ErrorCode.INVALID_CONFIG));
        assertThatThrownBy(() -> await(controller.submit(commands.delete("a"))))
                .satisfies(failedWith(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
        assertThat(commits).isEmpty();
    }

    @Test
    void aDeletedTopicKeepsItsRecordUntilItsDataIsGoneWhileItsNameIsFree() throws Exception {
        Uuid first = commitNow(commands.create(NewTopic.named("a", 1), false)).id();
        commitNow(commands.delete("a"));
        Uuid second = commitNow(commands.create(NewTopic.named("a", 1), false)).id();

        MetadataImage now = images.get(images.size() - 1);
        assertThat(second).isNotEqualTo(first);
        assertThat(now.deletedTopics()).containsOnlyKeys(first);
        assertThat(now.topics().get("a").id()).isEqualTo(second);

        commitNow(commands.forget(first));
        now = images.get(images.size() - 1);
        assertThat(now.deletedTopics()).isEmpty();
        assertThat(now.topics().get("a").id()).isEqualTo(second);
        assertThat(now.partitionCount()).isEqualTo(1);
    }

    @Test
    void afterStopCommandsAreRefused() {
        controller.stop();

        assertThatThrownBy(() -> create(NewTopic.named("a", 1))).satisfies(failedWith(ErrorCode.NOT_CONTROLLER));
    }

    private TopicView create(NewTopic topic) {
        return await(controller.submit(commands.create(topic, false)));
    }

    private <T> T commitNow(Controller.Command<T> command) throws Exception {
        Future<T> answer = controller.submit(command);
        nextCommit().promise.complete();
        return await(answer);
    }

    private Commit nextCommit() throws InterruptedException {
        Commit commit = commits.poll(10, TimeUnit.SECONDS);
        assertThat(commit).isNotNull();
        return commit;
    }

    private static java.util.function.Consumer<Throwable> failedWith(ErrorCode error) {
        return failure -> assertThat(ThalwegException.codeOf(failure)).isEqualTo(error);
    }

    private static <T> T await(Future<T> future) {
        return io.thalweg.broker.Futures.await(future);
    }
}
