package io.thalweg.gateway.kafka.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.junit.jupiter.api.Test;

class FrameReadableTest {

    private static final List<ApiKeys> KEYS = List.of(ApiKeys.values());

    @Test
    void aCountThatTheFrameCannotHoldIsRefusedBeforeTheArrayIsMade() {
        // A megabyte that says it holds a million topics: an array of four times its size if it were believed.
        ByteBuffer frame = ByteBuffer.allocate(1 << 20);
        frame.putInt(0, (1 << 20) - 4);
        assertThatThrownBy(() -> new MetadataRequestData().read(new FrameReadable(frame), (short) 4))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("Tried to allocate a collection");
    }

    @Test
    void theDensestRealArrayIsRead() {
        OffsetFetchRequestData request = new OffsetFetchRequestData().setGroupId("g");
        OffsetFetchRequestData.OffsetFetchRequestTopic topic =
                new OffsetFetchRequestData.OffsetFetchRequestTopic().setName("t");
        for (int partition = 0; partition < 200_000; partition++) {
            topic.partitionIndexes().add(partition);
        }
        request.setTopics(List.of(topic));
        ByteBufferAccessor bytes = MessageUtil.toByteBufferAccessor(request, (short) 5);
        OffsetFetchRequestData parsed = new OffsetFetchRequestData();
        parsed.read(new FrameReadable(bytes.buffer()), (short) 5);
        assertThat(parsed).isEqualTo(request);
    }

    @Test
    void randomBytesNeverDoMoreThanFailAsMalformed() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int parsed = 0;
        for (int i = 0; i < 20_000; i++) {
            ApiKeys key = KEYS.get(random.nextInt(KEYS.size()));
            byte[] bytes = new byte[8 + random.nextInt(200)];
            random.nextBytes(bytes);
            ByteBuf frame = Unpooled.wrappedBuffer(bytes);
            frame.setShort(0, key.id).setShort(2, key.oldestVersion());
            try {
                RequestFrame.parse(frame).message();
                parsed++;
            } catch (MalformedRequestException expected) {
                assertThat(expected.getMessage()).as("seed=%d", seed).isNotEmpty();
            }
        }
        assertThat(parsed).as("seed=%d", seed).isLessThan(20_000);
    }
}
