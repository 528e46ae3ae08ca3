package io.thalweg.cluster.hazelcast;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializableFactory;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;
import io.thalweg.cluster.Ownership;
import io.thalweg.cluster.PartitionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * What one broker says of its share of the partitions: those whose id hashes to one number. So a change sends a few entries
 * and not all, and brokers never write over each other.
 */
final class OwnershipChunk implements IdentifiedDataSerializable {

    /** Over how many chunks a broker's partitions are spread. The same on all nodes. */
    static final int CHUNKS = 64;

    /** A broker leads fewer partitions than {@link #CHUNKS} times this. */
    static final int ENTRIES_MAX = 4_096;

    private static final int FACTORY_ID = 7_001;
    private static final int CLASS_ID = 1;

    private int broker;
    private int incarnation;
    private long version;
    private int index;
    private List<Ownership> entries = List.of();

    /** To be read into. */
    private OwnershipChunk() {}

    /** @param version greater than that of the chunk that it replaces, within this incarnation */
    OwnershipChunk(int broker, int incarnation, long version, int index, Collection<Ownership> entries) {
        this.broker = broker;
        this.incarnation = incarnation;
        this.version = version;
        this.index = index;
        this.entries = List.copyOf(entries);
    }

    static DataSerializableFactory factory() {
        return classId -> classId == CLASS_ID ? new OwnershipChunk() : null;
    }

    static int factoryId() {
        return FACTORY_ID;
    }

    static int indexOf(PartitionId partition) {
        // hashCode of records and of UUID is what their documentation says, or may change: so not that.
        long mixed = partition.topic().getMostSignificantBits() * 31
                + partition.topic().getLeastSignificantBits();
        mixed = (mixed + partition.partition()) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 58);
    }

    int broker() {
        return broker;
    }

    int index() {
        return index;
    }

    List<Ownership> entries() {
        return entries;
    }

    /** Its key in the map. */
    long key() {
        return ((long) broker << Integer.SIZE) | index;
    }

    /** Whether the same broker said it later than {@code other}. */
    boolean isNewerThan(OwnershipChunk other) {
        return incarnation != other.incarnation ? incarnation > other.incarnation : version > other.version;
    }

    @Override
    public int getFactoryId() {
        return FACTORY_ID;
    }

    @Override
    public int getClassId() {
        return CLASS_ID;
    }

    @Override
    public void writeData(ObjectDataOutput out) throws IOException {
        out.writeInt(broker);
        out.writeInt(incarnation);
        out.writeLong(version);
        out.writeInt(index);
        out.writeInt(entries.size());
        for (Ownership entry : entries) {
            out.writeLong(entry.partition().topic().getMostSignificantBits());
            out.writeLong(entry.partition().topic().getLeastSignificantBits());
            out.writeInt(entry.partition().partition());
            out.writeInt(entry.leader());
            out.writeInt(entry.leaderEpoch());
            out.writeLong(entry.highWatermark());
            out.writeLong(entry.logEndOffset());
            writeInts(out, entry.replicas());
            writeInts(out, entry.inSync());
            for (long end : entry.replicaEnds()) {
                out.writeLong(end);
            }
        }
    }

    @Override
    public void readData(ObjectDataInput in) throws IOException {
        broker = in.readInt();
        incarnation = in.readInt();
        version = in.readLong();
        index = in.readInt();
        int count = in.readInt();
        if (index < 0 || index >= CHUNKS || count < 0 || count > ENTRIES_MAX) {
            throw new IOException("not a chunk: broker=" + broker + " index=" + index + " entries=" + count);
        }
        List<Ownership> read = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            read.add(readEntry(in));
        }
        entries = List.copyOf(read);
    }

    private static Ownership readEntry(ObjectDataInput in) throws IOException {
        try {
            PartitionId partition = new PartitionId(new UUID(in.readLong(), in.readLong()), in.readInt());
            int leader = in.readInt();
            int leaderEpoch = in.readInt();
            long highWatermark = in.readLong();
            long logEndOffset = in.readLong();
            List<Integer> replicas = readInts(in);
            List<Integer> inSync = readInts(in);
            List<Long> replicaEnds = new ArrayList<>(replicas.size());
            for (int i = 0; i < replicas.size(); i++) {
                replicaEnds.add(in.readLong());
            }
            return new Ownership(
                    partition, leader, leaderEpoch, replicas, inSync, highWatermark, logEndOffset, replicaEnds);
        } catch (IllegalArgumentException malformed) {
            throw new IOException("not an entry", malformed);
        }
    }

    private static void writeInts(ObjectDataOutput out, List<Integer> numbers) throws IOException {
        out.writeByte(numbers.size());
        for (int number : numbers) {
            out.writeInt(number);
        }
    }

    private static List<Integer> readInts(ObjectDataInput in) throws IOException {
        int count = in.readUnsignedByte();
        if (count > Ownership.REPLICAS_MAX) {
            throw new IOException("too many replicas: " + count);
        }
        List<Integer> numbers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            numbers.add(in.readInt());
        }
        return numbers;
    }
}
