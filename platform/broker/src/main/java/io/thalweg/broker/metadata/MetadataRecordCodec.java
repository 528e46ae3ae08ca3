package io.thalweg.broker.metadata;

import io.thalweg.broker.api.ClusterView.Endpoint;
import io.thalweg.broker.api.ClusterView.PartitionView;
import io.thalweg.broker.api.ClusterView.TopicView;
import io.thalweg.broker.metadata.MetadataRecord.BalanceRecord;
import io.thalweg.broker.metadata.MetadataRecord.BrokerRecord;
import io.thalweg.broker.metadata.MetadataRecord.ClusterRecord;
import io.thalweg.broker.metadata.MetadataRecord.ProducerIdsRecord;
import io.thalweg.broker.metadata.MetadataRecord.TopicRecord;
import io.thalweg.broker.metadata.MetadataRecord.TopicRemovedRecord;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of {@link MetadataRecord}s: key and value of a record in {@code __metadata}.
 *
 * <pre>
 * key    type u8 | identity
 *          1 cluster       -
 *          2 broker        brokerId varint
 *          3 producer ids  -
 *          4 topic         topicId 16 bytes
 *          5 balance       -
 * value  version u8 (0, or 1 where a cluster has more to say) | fields; no value (a tombstone) removes the key
 *          cluster         clusterId string
 *          broker          brokerEpoch varint | rack nullable string
 *                  v1      | directoryId 16 bytes | directoryGeneration varint | flags u8 (1 draining)
 *                          | endpoints: count varint, (door string, host string, port varint)*
 *          producer ids    nextProducerId varint
 *          topic           flags u8 (1 deleted, 2 internal) | name string
 *                          | configs: count varint, (name string, value string)*
 *                          | partitions: count varint, (leader+1 varint, leaderEpoch varint,
 *                                          replicas: count varint, id varint*, in sync: the same)*
 *                  v1      | replicationFactor varint (0 auto)
 *                          | for each partition: flags u8 (1 replicated, 2 ordered, 4 unclean, 8 own number), target: count varint, id varint*
 *                                          first voters: the same, their directories' generations: the same
 *                                          if flagged: epoch of the unclean election varint, number of replicas varint
 *          balance         flags u8 (1 paused)
 * </pre>
 *
 * varint: LEB128, unsigned. string: length varint, UTF-8. nullable string: 0 | 1, string.
 */
public final class MetadataRecordCodec {

    private static final int ALONE = 0;
    private static final int CLUSTERED = 1;
    private static final int CLUSTER = 1;
    private static final int BROKER = 2;
    private static final int PRODUCER_IDS = 3;
    private static final int TOPIC = 4;
    private static final int BALANCE = 5;
    private static final int DELETED_FLAG = 1;
    private static final int INTERNAL_FLAG = 2;
    private static final int DRAINING_FLAG = 1;
    private static final int REPLICATED_FLAG = 1;
    private static final int ORDERED_FLAG = 2;
    private static final int UNCLEAN_FLAG = 4;
    private static final int WANTED_FLAG = 8;
    private static final int PAUSED_FLAG = 1;

    private MetadataRecordCodec() {}

    /** Receives the bytes of one record. */
    public interface Sink {

        /** @param value null for a tombstone */
        void accept(byte[] key, byte @Nullable [] value);
    }

    public static void encode(MetadataRecord metadata, Sink sink) {
        ByteWriter key = new ByteWriter();
        ByteWriter value = new ByteWriter().u8(isClustered(metadata) ? CLUSTERED : ALONE);
        if (metadata instanceof ClusterRecord cluster) {
            key.u8(CLUSTER);
            value.string(cluster.clusterId());
        } else if (metadata instanceof BrokerRecord broker) {
            key.u8(BROKER).varint(broker.brokerId());
            writeBroker(value, broker);
        } else if (metadata instanceof BalanceRecord balance) {
            key.u8(BALANCE);
            value.u8(balance.paused() ? PAUSED_FLAG : 0);
        } else if (metadata instanceof ProducerIdsRecord ids) {
            key.u8(PRODUCER_IDS);
            value.varint(ids.nextProducerId());
        } else if (metadata instanceof TopicRecord topic) {
            topicKey(key, topic.topic().id());
            writeTopic(value, topic);
        } else if (metadata instanceof TopicRemovedRecord removed) {
            topicKey(key, removed.topicId());
            sink.accept(key.toByteArray(), null);
            return;
        } else {
            throw new IllegalArgumentException("no codec for " + metadata.getClass());
        }
        sink.accept(key.toByteArray(), value.toByteArray());
    }

    /** Fails with UNSUPPORTED_VERSION for what a newer version wrote, CORRUPT_MESSAGE for what nobody did. */
    public static MetadataRecord decode(ByteBuffer keyBytes, @Nullable ByteBuffer valueBytes) {
        ByteReader key = new ByteReader(keyBytes);
        int type = key.u8();
        if (valueBytes == null) {
            if (type != TOPIC) {
                throw unsupported("tombstone of type=" + type);
            }
            return new TopicRemovedRecord(new Uuid(key.int64(), key.int64()));
        }
        ByteReader value = new ByteReader(valueBytes);
        int version = value.u8();
        if (version != ALONE && !(version == CLUSTERED && (type == BROKER || type == TOPIC))) {
            throw unsupported("type=" + type + " version=" + version);
        }
        MetadataRecord metadata = switch (type) {
            case CLUSTER -> new ClusterRecord(value.string());
            case BROKER -> readBroker(key.count(Integer.MAX_VALUE), version, value);
            case PRODUCER_IDS -> new ProducerIdsRecord(value.varint());
            case TOPIC -> readTopic(new Uuid(key.int64(), key.int64()), version, value);
            case BALANCE -> new BalanceRecord((value.u8() & PAUSED_FLAG) != 0);
            default -> throw unsupported("type=" + type);
        };
        key.end();
        value.end();
        return metadata;
    }

    /** A node that stands alone writes what it always wrote. */
    private static boolean isClustered(MetadataRecord metadata) {
        return (metadata instanceof BrokerRecord broker && broker.directoryId() != null)
                || (metadata instanceof TopicRecord topic && !topic.placement().equals(TopicPlacement.NONE));
    }

    private static void writeBroker(ByteWriter value, BrokerRecord broker) {
        value.varint(broker.brokerEpoch()).nullableString(broker.rack());
        Uuid directory = broker.directoryId();
        if (directory == null) {
            return;
        }
        value.int64(directory.getMostSignificantBits()).int64(directory.getLeastSignificantBits());
        value.varint(broker.directoryGeneration()).u8(broker.draining() ? DRAINING_FLAG : 0);
        value.varint(broker.endpoints().size());
        broker.endpoints()
                .forEach((door, at) -> value.string(door).string(at.host()).varint(at.port()));
    }

    private static BrokerRecord readBroker(int id, int version, ByteReader value) {
        long epoch = value.varint();
        String rack = value.nullableString();
        if (version == ALONE) {
            return new BrokerRecord(id, epoch, rack);
        }
        Uuid directory = new Uuid(value.int64(), value.int64());
        int generation = value.count(Integer.MAX_VALUE);
        int flags = value.u8();
        Map<String, Endpoint> endpoints = new TreeMap<>();
        for (int left = value.count(value.remaining()); left > 0; left--) {
            endpoints.put(value.string(), new Endpoint(value.string(), value.count(Integer.MAX_VALUE)));
        }
        return new BrokerRecord(id, epoch, rack, directory, generation, endpoints, (flags & DRAINING_FLAG) != 0);
    }

    private static void topicKey(ByteWriter key, Uuid id) {
        key.u8(TOPIC).int64(id.getMostSignificantBits()).int64(id.getLeastSignificantBits());
    }

    private static void writeTopic(ByteWriter value, TopicRecord metadata) {
        TopicView topic = metadata.topic();
        value.u8((metadata.deleted() ? DELETED_FLAG : 0) | (topic.internal() ? INTERNAL_FLAG : 0));
        value.string(topic.name());
        value.varint(topic.configs().size());
        topic.configs().forEach((name, setting) -> value.string(name).string(setting));
        value.varint(topic.partitions().size());
        for (PartitionView partition : topic.partitions()) {
            value.varint(partition.leader() + 1L).varint(partition.leaderEpoch());
            writeIds(value, partition.replicas());
            writeIds(value, partition.inSyncReplicas());
        }
        if (isClustered(metadata)) {
            writePlacement(value, topic, metadata.placement());
        }
    }

    private static void writePlacement(ByteWriter value, TopicView topic, TopicPlacement placement) {
        value.varint(placement.replicationFactor());
        for (PartitionView partition : topic.partitions()) {
            TopicPlacement.Placed placed = placement.partition(partition.index());
            value.u8((placed.replicated() ? REPLICATED_FLAG : 0)
                    | (placed.ordered() ? ORDERED_FLAG : 0)
                    | (placed.uncleanEpoch() > 0 ? UNCLEAN_FLAG : 0)
                    | (placed.wanted() > 0 ? WANTED_FLAG : 0));
            writeIds(value, partition.target());
            writeIds(value, placed.firstVoters());
            writeIds(value, placed.generations());
            if (placed.uncleanEpoch() > 0) {
                value.varint(placed.uncleanEpoch());
            }
            if (placed.wanted() > 0) {
                value.varint(placed.wanted());
            }
        }
    }

    private static TopicRecord readTopic(Uuid id, int version, ByteReader value) {
        int flags = value.u8();
        String name = value.string();
        Map<String, String> configs = new TreeMap<>();
        for (int left = value.count(value.remaining()); left > 0; left--) {
            configs.put(value.string(), value.string());
        }
        int count = value.count(value.remaining());
        List<PartitionView> partitions = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            int leader = (int) value.varint() - 1;
            int leaderEpoch = value.count(Integer.MAX_VALUE);
            partitions.add(new PartitionView(index, leader, leaderEpoch, readIds(value), readIds(value)));
        }
        TopicPlacement placement = version == ALONE ? TopicPlacement.NONE : readPlacement(partitions, value);
        boolean internal = (flags & INTERNAL_FLAG) != 0;
        return new TopicRecord(
                new TopicView(name, id, internal, List.copyOf(partitions), Map.copyOf(configs)),
                (flags & DELETED_FLAG) != 0,
                placement);
    }

    /** Also puts the targets into the partitions. */
    private static TopicPlacement readPlacement(List<PartitionView> partitions, ByteReader value) {
        int replicationFactor = value.count(Integer.MAX_VALUE);
        List<TopicPlacement.Placed> placed = new ArrayList<>(partitions.size());
        for (int index = 0; index < partitions.size(); index++) {
            int flags = value.u8();
            List<Integer> target = readIds(value);
            PartitionView partition = partitions.get(index);
            partitions.set(
                    index,
                    new PartitionView(
                            index,
                            partition.leader(),
                            partition.leaderEpoch(),
                            partition.replicas(),
                            partition.inSyncReplicas(),
                            target));
            List<Integer> firstVoters = readIds(value);
            List<Integer> generations = readIds(value);
            if (firstVoters.size() != generations.size()) {
                throw new ThalwegException(
                        ErrorCode.CORRUPT_MESSAGE,
                        "metadata record is not readable: voters=" + firstVoters.size() + " generations="
                                + generations.size());
            }
            int uncleanEpoch = (flags & UNCLEAN_FLAG) != 0 ? value.count(Integer.MAX_VALUE) : 0;
            int wanted = (flags & WANTED_FLAG) != 0 ? value.count(Integer.MAX_VALUE) : 0;
            placed.add(new TopicPlacement.Placed(
                    (flags & REPLICATED_FLAG) != 0,
                    firstVoters,
                    generations,
                    (flags & ORDERED_FLAG) != 0,
                    wanted,
                    uncleanEpoch));
        }
        return new TopicPlacement(replicationFactor, placed);
    }

    private static void writeIds(ByteWriter value, List<Integer> ids) {
        value.varint(ids.size());
        ids.forEach(value::varint);
    }

    private static List<Integer> readIds(ByteReader value) {
        int count = value.count(value.remaining());
        List<Integer> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(value.count(Integer.MAX_VALUE));
        }
        return List.copyOf(ids);
    }

    private static ThalwegException unsupported(String what) {
        return new ThalwegException(
                ErrorCode.UNSUPPORTED_VERSION,
                "metadata record was written by a newer version: " + what
                        + "; start the newer version on this directory");
    }
}
