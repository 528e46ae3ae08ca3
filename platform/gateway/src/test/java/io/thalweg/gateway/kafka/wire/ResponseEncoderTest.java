package io.thalweg.gateway.kafka.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.FileRegion;
import io.netty.util.ReferenceCounted;
import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.RecordSlices;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResponseEncoderTest {

    @Test
    void everyResponseInEveryVersionHasTheBytesThatKafkaWrites() throws IOException {
        for (ApiKeys key : ApiKeys.clientApis()) {
            ApiMessageType type = key.messageType;
            for (short version = key.oldestVersion(); version <= type.highestSupportedVersion(true); version++) {
                ApiMessage body = type.newResponse();
                EncodedResponse encoded =
                        ResponseEncoder.encode(PooledByteBufAllocator.DEFAULT, key, version, 77, body);
                byte[] found = drain(encoded);
                assertThat(found).as("%s v%d", key, version).isEqualTo(kafkas(key, version, body));
            }
        }
    }

    @Test
    void memoryAndFileRegionsLieBetweenTheirHeadersInOrder(@TempDir Path directory) throws IOException {
        Path segment = directory.resolve("segment");
        Files.writeString(segment, "__FILE-ONE__FILE-TWO__");
        try (FileHandle file = FileSystem.system().openForRead(segment)) {
            FetchResponseData body = new FetchResponseData();
            FetchableTopicResponse topic = new FetchableTopicResponse().setTopic("t");
            body.responses().add(topic);
            topic.partitions().add(partition(0, slices(memory("mem-a"), new RecordSlices.Region(file, 2, 8))));
            topic.partitions().add(partition(1, RecordSlices.EMPTY));
            topic.partitions().add(partition(2, slices(new RecordSlices.Region(file, 12, 8), memory("mem-b"))));
            EncodedResponse encoded =
                    ResponseEncoder.encode(PooledByteBufAllocator.DEFAULT, ApiKeys.FETCH, (short) 11, 5, body);
            assertThat(encoded.parts().stream().filter(FileRegion.class::isInstance))
                    .hasSize(2);
            byte[] bytes = drain(encoded);
            assertThat(bytes).hasSize(encoded.sizeInBytes());
            ByteBuffer frame = ByteBuffer.wrap(bytes);
            assertThat(frame.getInt()).isEqualTo(bytes.length - 4);
            assertThat(frame.getInt()).isEqualTo(5);
            FetchResponseData parsed = new FetchResponseData(new ByteBufferAccessor(frame), (short) 11);
            List<PartitionData> partitions = parsed.responses().get(0).partitions();
            assertThat(records(partitions.get(0))).isEqualTo("mem-aFILE-ONE");
            assertThat(records(partitions.get(1))).isEmpty();
            assertThat(records(partitions.get(2))).isEqualTo("FILE-TWOmem-b");
            assertThat(file.channel().orElseThrow().isOpen()).isTrue();
        }
    }

    private static PartitionData partition(int index, RecordSlices slices) {
        PartitionData data = new PartitionData().setPartitionIndex(index);
        SliceRecords.put(data, slices);
        return data;
    }

    private static String records(PartitionData partition) {
        ByteBuffer bytes = ((org.apache.kafka.common.record.internal.MemoryRecords) partition.records()).buffer();
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }

    private static RecordSlices.Memory memory(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return new RecordSlices.Memory(
                ByteBuffer.allocateDirect(bytes.length).put(bytes).flip().asReadOnlyBuffer());
    }

    private static RecordSlices slices(RecordSlices.Part... parts) {
        return new RecordSlices() {
            @Override
            public int sizeInBytes() {
                return List.of(parts).stream().mapToInt(Part::length).sum();
            }

            @Override
            public List<Part> parts() {
                return List.of(parts);
            }

            @Override
            public void copyTo(ByteBuffer target) {
                throw new AssertionError("records are never copied here");
            }

            @Override
            public void close() {}
        };
    }

    private static byte[] drain(EncodedResponse response) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (ReferenceCounted part : response.parts()) {
            if (part instanceof ByteBuf buffer) {
                buffer.getBytes(0, out, buffer.readableBytes());
            } else if (part instanceof FileRegion region) {
                region.transferTo(Channels.newChannel(out), 0);
            }
        }
        response.release();
        response.parts().forEach(part -> {
            if (part != Unpooled.EMPTY_BUFFER) {
                assertThat(part.refCnt()).isZero();
            }
        });
        return out.toByteArray();
    }

    private static byte[] kafkas(ApiKeys key, short version, ApiMessage body) {
        ByteBuffer header = MessageUtil.toByteBufferAccessor(
                        new ResponseHeaderData().setCorrelationId(77), key.messageType.responseHeaderVersion(version))
                .buffer();
        ByteBuffer bytes = MessageUtil.toByteBufferAccessor(body, version).buffer();
        ByteBuffer frame = ByteBuffer.allocate(4 + header.remaining() + bytes.remaining());
        frame.putInt(header.remaining() + bytes.remaining()).put(header).put(bytes);
        return frame.array();
    }
}
