package io.thalweg.coordination.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.coordination.group.api.GroupsApi.CommitOffsets;
import io.thalweg.coordination.group.api.GroupsApi.CommittedOffset;
import io.thalweg.coordination.group.api.GroupsApi.GroupDescription;
import io.thalweg.coordination.group.api.GroupsApi.GroupState;
import io.thalweg.coordination.group.api.GroupsApi.JoinGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedGroup;
import io.thalweg.coordination.group.api.GroupsApi.LeaveOutcome;
import io.thalweg.coordination.group.api.GroupsApi.LeavingMember;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.coordination.group.api.GroupsApi.Protocol;
import io.thalweg.coordination.group.api.GroupsApi.SyncGroup;
import io.thalweg.coordination.group.api.GroupsApi.SyncedGroup;
import io.thalweg.coordination.group.record.GroupRecordCodec;
import io.thalweg.coordination.runtime.CoordinatorLog.CoordinatorRecord;
import io.thalweg.coordination.runtime.Reply;
import io.thalweg.coordination.runtime.ShardOperation;
import io.thalweg.coordination.runtime.Turn;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;

/**
 * Runs one shard in virtual time, with a log that commits at once. After every step it checks the groups' invariants and
 * that a replay of the log gives the same persistent state.
 */
final class GroupHarness {

    static final String GROUP = "group";
    static final GroupCoordinatorConfig CONFIG =
            GroupCoordinatorConfig.defaults().withInitialRebalanceDelayMillis(100);

    final GroupCoordinatorConfig config;
    final List<CoordinatorRecord> log = new ArrayList<>();
    final SplittableRandom random;
    long nowNanos = 1_000_000;
    long wallMillis = 1_700_000_000_000L;
    GroupShard shard;
    private final Map<Object, Long> timers = new LinkedHashMap<>();

    GroupHarness() {
        this(CONFIG, 42);
    }

    GroupHarness(GroupCoordinatorConfig config, long seed) {
        this.config = config;
        this.random = new SplittableRandom(seed);
        restart();
    }

    /** The coordinator's process dies and comes back with what is in the log. */
    void restart() {
        timers.clear();
        shard = new GroupShard(config, random);
        log.forEach(record -> shard.replay(record.key(), record.value()));
        Turn turn = turn();
        shard.onLoaded(turn);
        carryOut(turn);
    }

    <T> Future<T> run(ShardOperation<GroupShard, T> operation) {
        Promise<T> promise = Promise.promise();
        Turn turn = turn();
        try {
            operation.run(shard, new Reply<>(promise), turn);
        } catch (ThalwegException refused) {
            assertThat(turn.records()).as("effects of a refused request").isEmpty();
            assertThat(turn.timerChanges()).as("effects of a refused request").isEmpty();
            promise.fail(refused);
        }
        carryOut(turn);
        return promise.future();
    }

    private Turn turn() {
        return new Turn(wallMillis, nowNanos);
    }

    private void carryOut(Turn turn) {
        log.addAll(turn.records());
        for (Turn.TimerChange change : turn.timerChanges()) {
            timers.remove(change.timer());
            if (change.delayMillis() != Turn.TimerChange.CANCEL) {
                timers.put(change.timer(), nowNanos + TimeUnit.MILLISECONDS.toNanos(change.delayMillis()));
            }
        }
        turn.releaseAnswers();
        shard.checkInvariants();
        checkReplay();
    }

    /** Moves time, running what is due in its order. */
    void advance(long millis) {
        long target = nowNanos + TimeUnit.MILLISECONDS.toNanos(millis);
        while (true) {
            Map.Entry<Object, Long> next = timers.entrySet().stream()
                    .min(Comparator.comparingLong(Map.Entry::getValue))
                    .filter(entry -> entry.getValue() <= target)
                    .orElse(null);
            if (next == null) {
                moveTo(target);
                return;
            }
            moveTo(Math.max(nowNanos, next.getValue()));
            fire(next.getKey(), 0);
        }
    }

    /** The process stands still, then runs the overdue timers late, before any request. */
    void standStill(long millis) {
        moveTo(nowNanos + TimeUnit.MILLISECONDS.toNanos(millis));
        for (Map.Entry<Object, Long> timer : List.copyOf(timers.entrySet())) {
            if (timer.getValue() <= nowNanos && timers.containsKey(timer.getKey())) {
                fire(timer.getKey(), nowNanos - timer.getValue());
            }
        }
    }

    private void moveTo(long nanos) {
        wallMillis += TimeUnit.NANOSECONDS.toMillis(nanos - nowNanos);
        nowNanos = nanos;
    }

    private void fire(Object timer, long lateNanos) {
        timers.remove(timer);
        Turn turn = turn();
        shard.onTimer(timer, lateNanos, turn);
        carryOut(turn);
    }

    private void checkReplay() {
        GroupShard replayed = new GroupShard(config, new SplittableRandom(1));
        Map<List<Byte>, CoordinatorRecord> compacted = new LinkedHashMap<>();
        for (CoordinatorRecord record : log) {
            List<Byte> key = new ArrayList<>();
            for (byte one : record.key()) {
                key.add(one);
            }
            compacted.put(key, record);
        }
        compacted.values().forEach(record -> replayed.replay(record.key(), record.value()));
        assertThat(replayed.offsets().all()).isEqualTo(shard.offsets().all());
        shard.groups().forEach((groupId, group) -> {
            boolean persisted = group.is(GroupState.STABLE) || (group.is(GroupState.EMPTY) && group.generation() > 0);
            if (persisted) {
                assertThat(replayed.groups()).containsKey(groupId);
                assertThat(bytes(replayed.groups().get(groupId))).isEqualTo(bytes(group));
                assertThat(replayed.groups().get(groupId).state()).isEqualTo(group.state());
            }
        });
        assertThat(shard.groups().keySet()).containsAll(replayed.groups().keySet());
    }

    private static byte[] bytes(ClassicGroup group) {
        return GroupRecordCodec.group(0, group.groupId(), group.toValue()).value();
    }

    // Requests, short

    Future<JoinedGroup> join(JoinGroup request) {
        return run((s, reply, turn) -> s.join(request, reply, turn));
    }

    Future<JoinedGroup> join(String memberId, String... protocols) {
        return join(joinRequest(memberId, null, false, protocols));
    }

    static JoinGroup joinRequest(String memberId, String instanceId, boolean requireKnownId, String... protocols) {
        List<Protocol> offered = new ArrayList<>();
        for (String protocol : protocols.length == 0 ? new String[] {"range"} : protocols) {
            offered.add(new Protocol(protocol, new byte[] {1, 2, 3}));
        }
        return new JoinGroup(
                GROUP,
                memberId,
                instanceId,
                "client",
                "/127.0.0.1",
                10_000,
                60_000,
                "test",
                offered,
                requireKnownId,
                null);
    }

    Future<SyncedGroup> sync(String memberId, int generation, Map<String, byte[]> assignments) {
        SyncGroup request = new SyncGroup(GROUP, generation, memberId, null, "test", null, assignments);
        return run((s, reply, turn) -> s.sync(request, reply, turn));
    }

    Future<SyncedGroup> syncStatic(
            String memberId, String instanceId, int generation, Map<String, byte[]> assignments) {
        SyncGroup request = new SyncGroup(GROUP, generation, memberId, instanceId, "test", null, assignments);
        return run((s, reply, turn) -> s.sync(request, reply, turn));
    }

    ErrorCode heartbeat(String memberId, int generation) {
        return heartbeat(memberId, null, generation);
    }

    ErrorCode heartbeat(String memberId, String instanceId, int generation) {
        Future<Void> answer =
                run((s, reply, turn) -> s.heartbeat(GROUP, generation, memberId, instanceId, reply, turn));
        assertThat(answer.isComplete()).isTrue();
        return code(answer);
    }

    List<LeaveOutcome> leave(LeavingMember... members) {
        Future<List<LeaveOutcome>> answer = run((s, reply, turn) -> s.leave(GROUP, List.of(members), reply, turn));
        return answer.result();
    }

    List<LeaveOutcome> leave(String memberId) {
        return leave(new LeavingMember(memberId, null, "test"));
    }

    Future<Map<TopicPartition, ErrorCode>> commit(String memberId, int generation, TopicPartition at, long offset) {
        return commit(new CommitOffsets(
                GROUP, generation, memberId, null, Map.of(at, new OffsetToCommit(offset, 3, "note")), -1));
    }

    Future<Map<TopicPartition, ErrorCode>> commit(CommitOffsets request) {
        return run((s, reply, turn) -> s.commitOffsets(request, reply, turn));
    }

    Map<TopicPartition, CommittedOffset> fetch() {
        Future<Map<TopicPartition, CommittedOffset>> answer =
                run((s, reply, turn) -> s.fetchOffsets(GROUP, null, reply, turn));
        return answer.result();
    }

    Future<GroupDescription> describe() {
        return run((s, reply, turn) -> s.describe(GROUP, reply, turn));
    }

    Future<Void> delete() {
        return run((s, reply, turn) -> s.delete(GROUP, reply, turn));
    }

    GroupState state() {
        ClassicGroup group = shard.groups().get(GROUP);
        return group == null ? GroupState.DEAD : group.state();
    }

    static ErrorCode code(Future<?> answer) {
        return answer.failed() ? ThalwegException.codeOf(answer.cause()) : ErrorCode.NONE;
    }

    /** Members that joined, synced and know their generation. */
    Map<String, JoinedGroup> stableGroup(int size) {
        List<Future<JoinedGroup>> joins = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            joins.add(join(""));
        }
        while (!joins.get(0).isComplete()) {
            advance(100);
        }
        Map<String, JoinedGroup> members = new LinkedHashMap<>();
        joins.forEach(joined -> members.put(joined.result().memberId(), joined.result()));
        syncAll(members);
        return members;
    }

    /** The leader gives each member its own name for an assignment. */
    void syncAll(Map<String, JoinedGroup> members) {
        Map<String, byte[]> assignments = new HashMap<>();
        members.keySet()
                .forEach(memberId ->
                        assignments.put(memberId, memberId.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        List<Future<SyncedGroup>> syncs = new ArrayList<>();
        members.forEach((memberId, joined) -> syncs.add(
                sync(memberId, joined.generation(), memberId.equals(joined.leaderId()) ? assignments : Map.of())));
        assertThat(syncs).allMatch(Future::succeeded);
    }
}
