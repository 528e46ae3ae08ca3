package io.thalweg.broker.routing;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchResult;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.broker.peer.PeerRpc;
import io.thalweg.broker.storage.StoragePool;
import io.thalweg.coordination.group.api.GroupsApi;
import io.thalweg.log.RecordSlices;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Answers what other brokers forward: what this one leads and coordinates, and no further hop. On the transport's context. */
public final class ForwardedCalls {

    /** Of one answer; the rest is asked for again. */
    static final int FETCH_BYTES_MAX = 8 << 20;

    private interface Handler {
        Future<Buffer> handle(WireReader in);
    }

    private final BrokerApi local;
    private final StoragePool storage;

    public ForwardedCalls(BrokerApi local, StoragePool storage) {
        this.local = local;
        this.storage = storage;
    }

    public void serve(PeerRpc rpc) {
        on(rpc, Call.APPEND, in -> local.append(RecordCalls.appendRequest(in)).map(RecordCalls::encode));
        on(rpc, Call.FETCH, in -> fetch(RecordCalls.fetchRequest(in)));
        on(
                rpc,
                Call.LIST_OFFSET,
                in -> local.listOffset(RecordCalls.listOffsetRequest(in)).map(RecordCalls::encode));
        on(
                rpc,
                Call.END_OF_EPOCH,
                in -> local.endOfEpoch(in.partition(), in.int32(), in.int32()).map(RecordCalls::encode));
        on(
                rpc,
                Call.DELETE_RECORDS,
                in -> local.deleteRecords(in.partition(), in.int64())
                        .map(start -> new WireWriter().int64(start).buffer()));
        on(
                rpc,
                Call.PRODUCER_POSITION,
                in -> local.producerPosition(in.partition(), in.int64()).map(RecordCalls::encode));
        on(
                rpc,
                Call.DESCRIBE_LOGS,
                in -> local.describeLogs(RecordCalls.wanted(in)).map(RecordCalls::encodeStatuses));
        serveGroups(rpc, local.groups());
    }

    private static void serveGroups(PeerRpc rpc, GroupsApi groups) {
        on(rpc, Call.GROUP_JOIN, in -> groups.join(GroupCalls.joinGroup(in)).map(GroupCalls::encode));
        on(rpc, Call.GROUP_SYNC, in -> groups.sync(GroupCalls.syncGroup(in)).map(GroupCalls::encode));
        on(
                rpc,
                Call.GROUP_HEARTBEAT,
                in -> groups.heartbeat(in.string(), in.int32(), in.string(), in.nullableString())
                        .map(nothing -> Buffer.buffer()));
        on(
                rpc,
                Call.GROUP_LEAVE,
                in -> groups.leave(in.string(), GroupCalls.leavingMembers(in)).map(GroupCalls::encodeOutcomes));
        on(
                rpc,
                Call.GROUP_COMMIT,
                in -> groups.commitOffsets(GroupCalls.commitOffsets(in)).map(GroupCalls::encodeErrors));
        on(
                rpc,
                Call.GROUP_FETCH_OFFSETS,
                in -> groups.fetchOffsets(in.string(), GroupCalls.partitions(in), in.bool())
                        .map(GroupCalls::encodeCommitted));
        on(rpc, Call.GROUP_LIST, in -> groups.list().map(GroupCalls::encodeListings));
        on(rpc, Call.GROUP_DESCRIBE, in -> groups.describe(in.string()).map(GroupCalls::encode));
        on(rpc, Call.GROUP_DELETE, in -> groups.delete(in.string()).map(nothing -> Buffer.buffer()));
        on(
                rpc,
                Call.GROUP_DELETE_OFFSETS,
                in -> groups.deleteOffsets(in.string(), in.list(WireReader::partition))
                        .map(GroupCalls::encodeErrors));
    }

    private static void on(PeerRpc rpc, Call call, Handler handler) {
        rpc.handle(call.method(), (from, body) -> {
            Future<Buffer> answer;
            try {
                answer = handler.handle(new WireReader(body));
            } catch (ThalwegException refused) {
                answer = Future.failedFuture(refused);
            } catch (ArrayIndexOutOfBoundsException unknown) {
                answer = Future.failedFuture(new ThalwegException(
                        ErrorCode.INVALID_REQUEST, "a broker's call names what is not known here: call=" + call));
            }
            return answer.map(Envelope::answer).recover(failure -> Future.succeededFuture(Envelope.failure(failure)));
        });
    }

    private Future<Buffer> fetch(FetchRequest request) {
        FetchRequest bounded = new FetchRequest(
                request.partitions(),
                request.maxWaitMillis(),
                request.minBytes(),
                Math.min(request.maxBytes(), FETCH_BYTES_MAX),
                request.isolation());
        return local.fetch(bounded).compose(this::encoded);
    }

    /** Copies what is in files on a storage thread. */
    private Future<Buffer> encoded(FetchResult result) {
        if (result.partitions().stream().allMatch(partition -> isInMemory(partition.records()))) {
            try {
                return Future.succeededFuture(copied(result));
            } catch (IOException failure) {
                return Future.failedFuture(failure);
            }
        }
        @Nullable Future<Buffer> copied = storage.tryRead(() -> copied(result));
        if (copied == null) {
            result.close();
            return Future.failedFuture(new ThalwegException(
                    ErrorCode.REQUEST_TIMED_OUT, "too many reads wait for the disk; retry with backoff"));
        }
        return copied;
    }

    private static boolean isInMemory(RecordSlices records) {
        return records.parts().stream().allMatch(part -> part instanceof RecordSlices.Memory);
    }

    private static Buffer copied(FetchResult result) throws IOException {
        try (result) {
            WireWriter out = new WireWriter(result.sizeInBytes() + 128)
                    .int32(result.partitions().size());
            for (FetchedPartition partition : result.partitions()) {
                ByteBuffer records = ByteBuffer.allocate(partition.records().sizeInBytes());
                partition.records().copyTo(records);
                RecordCalls.write(out, partition, records.flip());
            }
            return out.buffer();
        }
    }
}
