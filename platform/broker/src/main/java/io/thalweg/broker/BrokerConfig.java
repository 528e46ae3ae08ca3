package io.thalweg.broker;

import io.thalweg.coordination.group.GroupCoordinatorConfig;
import io.thalweg.log.Durability;
import io.thalweg.log.LogDirectoryConfig;
import io.thalweg.log.LogUpkeep;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Settings of one broker node. {@link #defaults} has a value for everything; the withers change one at a time.
 *
 * @param dataDirectory holds everything this node keeps
 * @param nodeId at least 0
 * @param rack where the node stands, told to clients; null if not known
 * @param durability what an acknowledged append survives
 * @param journalBytes size of the write-ahead journal
 * @param openFilesMax files that the log keeps open at once
 * @param tailBytes memory for the newest batches of all partitions together, from which hot reads are served
 * @param inFlightBytesMax appends accepted and not yet answered, in bytes over all doors; beyond it appends are refused
 * @param groupBytesMax appends committed together at most
 * @param storageThreads threads for cold reads and file work
 * @param storageQueueMax reads waiting for those threads; beyond it a cold read answers without records
 * @param fetchWaitMillisMax longest long poll
 * @param fetchBytesMax largest answer to one fetch, whatever it asks for (Kafka's {@code fetch.max.bytes})
 * @param fetchWaitersMax long polls waiting at once; beyond it a fetch answers at once with what there is
 * @param partitionsMax partitions that this node holds at most
 * @param autoCreateTopics whether {@code getOrAutoCreate} creates
 * @param defaultPartitions of a topic that asks for -1
 * @param topicDefaults defaults of this node for topic settings, by Kafka's topic-level names, such as retention.ms
 * @param maintenanceIntervalMillis how often retention, rolling by time and checkpoints are looked at
 * @param upkeep how the log verifies what it holds, and when it believes the wall clock
 * @param groups settings of the group coordinator
 */
public record BrokerConfig(
        Path dataDirectory,
        int nodeId,
        @Nullable String rack,
        Durability durability,
        long journalBytes,
        int openFilesMax,
        long tailBytes,
        long inFlightBytesMax,
        int groupBytesMax,
        int storageThreads,
        int storageQueueMax,
        int fetchWaitMillisMax,
        int fetchBytesMax,
        int fetchWaitersMax,
        int partitionsMax,
        boolean autoCreateTopics,
        int defaultPartitions,
        Map<String, String> topicDefaults,
        long maintenanceIntervalMillis,
        LogUpkeep upkeep,
        GroupCoordinatorConfig groups) {

    private static final long MEBIBYTE = 1L << 20;

    public BrokerConfig {
        atLeast("nodeId", nodeId, 0);
        atLeast("journalBytes", journalBytes, LogDirectoryConfig.JOURNAL_BYTES_MIN);
        atLeast("openFilesMax", openFilesMax, 8);
        atLeast("tailBytes", tailBytes, 0);
        atLeast("inFlightBytesMax", inFlightBytesMax, MEBIBYTE);
        atLeast("groupBytesMax", groupBytesMax, 1 << 16);
        atLeast("storageThreads", storageThreads, 1);
        atLeast("storageQueueMax", storageQueueMax, 1);
        atLeast("fetchWaitMillisMax", fetchWaitMillisMax, 0);
        atLeast("fetchBytesMax", fetchBytesMax, 1024);
        atLeast("fetchWaitersMax", fetchWaitersMax, 0);
        atLeast("partitionsMax", partitionsMax, 1);
        atLeast("defaultPartitions", defaultPartitions, 1);
        atLeast("maintenanceIntervalMillis", maintenanceIntervalMillis, 1);
        topicDefaults = Map.copyOf(topicDefaults);
    }

    public static BrokerConfig defaults(Path dataDirectory) {
        return new BrokerConfig(
                dataDirectory,
                1,
                null,
                Durability.FSYNC,
                512 * MEBIBYTE,
                1024,
                64 * MEBIBYTE,
                64 * MEBIBYTE,
                (int) (8 * MEBIBYTE),
                4,
                4096,
                300_000,
                (int) (55 * MEBIBYTE),
                100_000,
                200_000,
                true,
                1,
                Map.of(),
                1000,
                LogUpkeep.defaults(),
                GroupCoordinatorConfig.defaults());
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "broker configuration: " + name + "=" + value + " expected at least " + least);
        }
    }

    public BrokerConfig withNodeId(int nodeId) {
        return with(draft -> draft.nodeId = nodeId);
    }

    public BrokerConfig withRack(@Nullable String rack) {
        return with(draft -> draft.rack = rack);
    }

    public BrokerConfig withDurability(Durability durability) {
        return with(draft -> draft.durability = durability);
    }

    public BrokerConfig withJournalBytes(long journalBytes) {
        return with(draft -> draft.journalBytes = journalBytes);
    }

    public BrokerConfig withOpenFilesMax(int openFilesMax) {
        return with(draft -> draft.openFilesMax = openFilesMax);
    }

    public BrokerConfig withTailBytes(long tailBytes) {
        return with(draft -> draft.tailBytes = tailBytes);
    }

    public BrokerConfig withInFlightBytesMax(long inFlightBytesMax) {
        return with(draft -> draft.inFlightBytesMax = inFlightBytesMax);
    }

    public BrokerConfig withGroupBytesMax(int groupBytesMax) {
        return with(draft -> draft.groupBytesMax = groupBytesMax);
    }

    public BrokerConfig withStorageThreads(int storageThreads) {
        return with(draft -> draft.storageThreads = storageThreads);
    }

    public BrokerConfig withStorageQueueMax(int storageQueueMax) {
        return with(draft -> draft.storageQueueMax = storageQueueMax);
    }

    public BrokerConfig withFetchWaitMillisMax(int fetchWaitMillisMax) {
        return with(draft -> draft.fetchWaitMillisMax = fetchWaitMillisMax);
    }

    public BrokerConfig withFetchBytesMax(int fetchBytesMax) {
        return with(draft -> draft.fetchBytesMax = fetchBytesMax);
    }

    public BrokerConfig withFetchWaitersMax(int fetchWaitersMax) {
        return with(draft -> draft.fetchWaitersMax = fetchWaitersMax);
    }

    public BrokerConfig withPartitionsMax(int partitionsMax) {
        return with(draft -> draft.partitionsMax = partitionsMax);
    }

    public BrokerConfig withAutoCreateTopics(boolean autoCreateTopics) {
        return with(draft -> draft.autoCreateTopics = autoCreateTopics);
    }

    public BrokerConfig withDefaultPartitions(int defaultPartitions) {
        return with(draft -> draft.defaultPartitions = defaultPartitions);
    }

    public BrokerConfig withTopicDefaults(Map<String, String> topicDefaults) {
        return with(draft -> draft.topicDefaults = topicDefaults);
    }

    public BrokerConfig withMaintenanceIntervalMillis(long maintenanceIntervalMillis) {
        return with(draft -> draft.maintenanceIntervalMillis = maintenanceIntervalMillis);
    }

    public BrokerConfig withUpkeep(LogUpkeep upkeep) {
        return with(draft -> draft.upkeep = upkeep);
    }

    public BrokerConfig withGroups(GroupCoordinatorConfig groups) {
        return with(draft -> draft.groups = groups);
    }

    private BrokerConfig with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.build();
    }

    /** The same fields, mutable for the length of one change. */
    private static final class Draft {
        final Path dataDirectory;
        int nodeId;

        @Nullable
        String rack;

        Durability durability;

        long journalBytes;
        int openFilesMax;
        long tailBytes;
        long inFlightBytesMax;
        int groupBytesMax;
        int storageThreads;
        int storageQueueMax;
        int fetchWaitMillisMax;
        int fetchBytesMax;
        int fetchWaitersMax;
        int partitionsMax;
        boolean autoCreateTopics;
        int defaultPartitions;
        Map<String, String> topicDefaults;
        long maintenanceIntervalMillis;
        LogUpkeep upkeep;
        GroupCoordinatorConfig groups;

        Draft(BrokerConfig from) {
            dataDirectory = from.dataDirectory;
            nodeId = from.nodeId;
            rack = from.rack;
            durability = from.durability;
            journalBytes = from.journalBytes;
            openFilesMax = from.openFilesMax;
            tailBytes = from.tailBytes;
            inFlightBytesMax = from.inFlightBytesMax;
            groupBytesMax = from.groupBytesMax;
            storageThreads = from.storageThreads;
            storageQueueMax = from.storageQueueMax;
            fetchWaitMillisMax = from.fetchWaitMillisMax;
            fetchBytesMax = from.fetchBytesMax;
            fetchWaitersMax = from.fetchWaitersMax;
            partitionsMax = from.partitionsMax;
            autoCreateTopics = from.autoCreateTopics;
            defaultPartitions = from.defaultPartitions;
            topicDefaults = from.topicDefaults;
            maintenanceIntervalMillis = from.maintenanceIntervalMillis;
            upkeep = from.upkeep;
            groups = from.groups;
        }

        BrokerConfig build() {
            return new BrokerConfig(
                    dataDirectory,
                    nodeId,
                    rack,
                    durability,
                    journalBytes,
                    openFilesMax,
                    tailBytes,
                    inFlightBytesMax,
                    groupBytesMax,
                    storageThreads,
                    storageQueueMax,
                    fetchWaitMillisMax,
                    fetchBytesMax,
                    fetchWaitersMax,
                    partitionsMax,
                    autoCreateTopics,
                    defaultPartitions,
                    topicDefaults,
                    maintenanceIntervalMillis,
                    upkeep,
                    groups);
        }
    }
}
