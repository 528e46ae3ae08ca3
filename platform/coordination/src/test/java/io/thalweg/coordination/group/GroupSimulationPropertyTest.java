package io.thalweg.coordination.group;

import static io.thalweg.coordination.group.GroupHarness.GROUP;
import static io.thalweg.coordination.group.GroupHarness.code;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.coordination.group.api.GroupsApi.CommitOffsets;
import io.thalweg.coordination.group.api.GroupsApi.GroupState;
import io.thalweg.coordination.group.api.GroupsApi.JoinGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedGroup;
import io.thalweg.coordination.group.api.GroupsApi.JoinedMember;
import io.thalweg.coordination.group.api.GroupsApi.LeavingMember;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.coordination.group.api.GroupsApi.Protocol;
import io.thalweg.coordination.group.api.GroupsApi.SyncGroup;
import io.thalweg.coordination.group.api.GroupsApi.SyncedGroup;
import io.thalweg.coordination.group.api.MemberIdRequiredException;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.testkit.Seeds;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.kafka.common.TopicPartition;

/**
 * Goal: no interleaving of joins, syncs, silence, crashes, departures, static restarts and coordinator restarts breaks a
 * group. Method: up to eight members act at random in virtual time on one shard; after each event the harness checks the
 * group's own invariants and that the log replays to the same state, and this class checks what members were told. At the
 * end everybody behaves, and the group must become stable with exactly those who live.
 */
class GroupSimulationPropertyTest {

    private static final int PARTITIONS = 12;
    private static final int STEPS = 400;

    private GroupHarness harness;
    private SplittableRandom random;
    private final List<Client> clients = new ArrayList<>();
    /** What was told, by generation: who owns each partition. */
    private final Map<Integer, Map<Byte, String>> ownersByGeneration = new HashMap<>();

    private final Map<Integer, long[]> committed = new HashMap<>();
    private int newestStableGeneration;
    private int names;

    @Seeds(count = 150)
    void groupsStaySafeAndComeToRest(long seed) {
        random = new SplittableRandom(seed);
        harness = new GroupHarness(GroupHarness.CONFIG, seed);
        int size = 1 + random.nextInt(8);
        for (int i = 0; i < size; i++) {
            clients.add(newClient());
        }
        for (int step = 0; step < STEPS; step++) {
            event();
            checkGeneration();
            checkOffsets();
        }
        comeToRest();
    }

    private Client newClient() {
        return new Client("c" + names++, random.nextInt(3) == 0 ? "static-" + names : null);
    }

    private void event() {
        int dice = random.nextInt(100);
        Client client = clients.get(random.nextInt(clients.size()));
        if (dice < 2) {
            harness.restart();
            clients.forEach(Client::onConnectionLost);
        } else if (dice < 5) {
            client.crash();
            clients.set(clients.indexOf(client), random.nextInt(2) == 0 ? client.reincarnation() : newClient());
        } else if (dice < 8) {
            client.leave();
        } else if (dice < 30) {
            harness.advance(random.nextInt(4_000));
        } else if (dice < 32) {
            harness.advance(random.nextInt(70_000));
        } else if (dice < 34) {
            harness.wallMillis += random.nextInt(7_200_000) - 3_600_000;
        } else if (dice < 45) {
            client.commit();
        } else {
            client.act();
        }
    }

    /** Everybody lives on and behaves: within the longest timeouts the group must be stable with all of them. */
    private void comeToRest() {
        for (int round = 0; round < 400 && !isAtRest(); round++) {
            clients.forEach(Client::act);
            harness.advance(1_000);
        }
        ClassicGroup group = harness.shard.groups().get(GROUP);
        assertThat(isAtRest())
                .as("state=%s members=%s clients=%s", harness.state(), group == null ? 0 : group.size(), clients)
                .isTrue();
        Set<Byte> owned = new HashSet<>();
        clients.forEach(client -> client.owned.forEach(
                partition -> assertThat(owned.add(partition)).as("owned twice").isTrue()));
        assertThat(owned).hasSize(PARTITIONS);
    }

    private boolean isAtRest() {
        ClassicGroup group = harness.shard.groups().get(GROUP);
        return group != null
                && group.is(GroupState.STABLE)
                && group.size() == clients.size()
                && clients.stream().allMatch(client -> client.isStableIn(group.generation()));
    }

    private void checkGeneration() {
        ClassicGroup group = harness.shard.groups().get(GROUP);
        if (group == null || group.generation() == 0) {
            // Forgotten as empty and without offsets: what follows is another group of the same name.
            newestStableGeneration = 0;
            ownersByGeneration.clear();
            return;
        }
        assertThat(group.generation()).as("generations do not go back").isGreaterThanOrEqualTo(newestStableGeneration);
        if (group.is(GroupState.STABLE)) {
            newestStableGeneration = group.generation();
        }
    }

    private void checkOffsets() {
        committed.forEach((partition, offset) -> assertThat(
                        harness.fetch().get(new TopicPartition("t", partition)).offset())
                .as("committed offset of partition %s", partition)
                .isEqualTo(offset[0]));
    }

    /** One consumer process, in the order in which a real client acts. */
    private final class Client {
        private final String name;
        private final String instanceId;
        private final int sessionMillis = 6_000 + random.nextInt(10_000);
        private final int rebalanceMillis = 3_000 + random.nextInt(20_000);
        private String memberId = "";
        private int generation = -1;
        private boolean mustJoin = true;
        private Future<JoinedGroup> joining;
        private Future<SyncedGroup> syncing;
        private Set<Byte> owned = Set.of();

        Client(String name, String instanceId) {
            this.name = name;
            this.instanceId = instanceId;
        }

        boolean isStableIn(int current) {
            return !mustJoin && joining == null && syncing == null && generation == current;
        }

        void act() {
            if (joining != null) {
                onJoinAnswer();
            } else if (syncing != null) {
                onSyncAnswer();
            } else if (mustJoin && !(generation >= 0 && random.nextInt(4) == 0)) {
                joining = harness.join(request());
            } else {
                onError(harness.heartbeat(memberId, instanceId, generation));
            }
        }

        private JoinGroup request() {
            byte[] metadata = {(byte) random.nextInt(20) == 0 ? (byte) 1 : 0};
            List<Protocol> protocols = random.nextBoolean()
                    ? List.of(new Protocol("range", metadata), new Protocol("sticky", metadata))
                    : List.of(new Protocol("sticky", metadata), new Protocol("range", metadata));
            return new JoinGroup(
                    GROUP,
                    memberId,
                    instanceId,
                    name,
                    "/h",
                    sessionMillis,
                    rebalanceMillis,
                    "test",
                    protocols,
                    true,
                    null);
        }

        private void onJoinAnswer() {
            if (!joining.isComplete()) {
                return;
            }
            Future<JoinedGroup> answer = joining;
            joining = null;
            if (answer.failed()) {
                if (answer.cause() instanceof MemberIdRequiredException required) {
                    memberId = required.memberId();
                } else {
                    onError(code(answer));
                }
                return;
            }
            JoinedGroup joined = answer.result();
            memberId = joined.memberId();
            generation = joined.generation();
            mustJoin = false;
            Map<String, byte[]> assignments = new HashMap<>();
            if (joined.leaderId().equals(memberId) && !joined.skipAssignment()) {
                assertThat(joined.members()).extracting(JoinedMember::memberId).contains(memberId);
                assignments.putAll(assign(joined.members()));
            }
            SyncGroup request =
                    new SyncGroup(GROUP, generation, memberId, instanceId, "test", joined.protocolName(), assignments);
            syncing = harness.run((s, reply, turn) -> s.sync(request, reply, turn));
        }

        private void onSyncAnswer() {
            if (!syncing.isComplete()) {
                return;
            }
            Future<SyncedGroup> answer = syncing;
            syncing = null;
            if (answer.failed()) {
                onError(code(answer));
                return;
            }
            owned = new HashSet<>();
            for (byte partition : answer.result().assignment()) {
                owned.add(partition);
            }
            checkOwnership();
        }

        private void checkOwnership() {
            String owner = instanceId == null ? memberId : instanceId;
            Map<Byte, String> owners = ownersByGeneration.computeIfAbsent(generation, g -> new HashMap<>());
            owned.forEach(partition -> assertThat(owners.computeIfAbsent(partition, p -> owner))
                    .as("owner of partition %s in generation %s", partition, generation)
                    .isEqualTo(owner));
        }

        private void onError(ErrorCode error) {
            switch (error) {
                case NONE -> {}
                case REBALANCE_IN_PROGRESS -> mustJoin = true;
                case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, FENCED_INSTANCE_ID -> {
                    memberId = error == ErrorCode.ILLEGAL_GENERATION ? memberId : "";
                    generation = -1;
                    owned = Set.of();
                    mustJoin = true;
                }
                default -> throw new AssertionError("unexpected error=" + error + " client=" + this);
            }
        }

        void commit() {
            if (generation < 0 || joining != null || syncing != null || owned.isEmpty()) {
                return;
            }
            int partition = owned.iterator().next();
            long offset = committed.getOrDefault(partition, new long[] {0})[0] + 1;
            var request = new CommitOffsets(
                    GROUP,
                    generation,
                    memberId,
                    instanceId,
                    Map.of(new TopicPartition("t", partition), new OffsetToCommit(offset, -1, "")),
                    -1);
            var answer = harness.commit(request);
            if (answer.succeeded()) {
                assertThat(generation)
                        .as("generation of a commit that was accepted")
                        .isEqualTo(harness.shard.groups().get(GROUP).generation());
                assertThat(ownersByGeneration.get(generation).get((byte) partition))
                        .isEqualTo(instanceId == null ? memberId : instanceId);
                committed.put(partition, new long[] {offset});
            } else {
                onError(code(answer));
            }
        }

        void leave() {
            if (!memberId.isEmpty() && joining == null && syncing == null) {
                harness.leave(new LeavingMember(memberId, instanceId, "test"));
                memberId = "";
                generation = -1;
                owned = Set.of();
                mustJoin = true;
            }
        }

        /** The coordinator went away with the requests that waited in it. */
        void onConnectionLost() {
            if (joining != null && !joining.isComplete()) {
                joining = null;
                mustJoin = true;
            }
            if (syncing != null && !syncing.isComplete()) {
                syncing = null;
                mustJoin = true;
            }
        }

        void crash() {
            joining = null;
            syncing = null;
        }

        Client reincarnation() {
            return new Client("c" + names++, instanceId);
        }

        @Override
        public String toString() {
            return name + "/" + instanceId + " memberId=" + memberId + " generation=" + generation + " mustJoin="
                    + mustJoin + " joining=" + (joining != null) + " syncing=" + (syncing != null);
        }
    }

    private Map<String, byte[]> assign(List<JoinedMember> members) {
        Map<String, byte[]> assignments = new HashMap<>();
        for (int m = 0; m < members.size(); m++) {
            List<Byte> mine = new ArrayList<>();
            for (int partition = m; partition < PARTITIONS; partition += members.size()) {
                mine.add((byte) partition);
            }
            byte[] bytes = new byte[mine.size()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = mine.get(i);
            }
            assignments.put(members.get(m).memberId(), bytes);
        }
        return assignments;
    }
}
