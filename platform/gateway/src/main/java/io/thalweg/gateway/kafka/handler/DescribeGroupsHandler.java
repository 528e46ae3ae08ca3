package io.thalweg.gateway.kafka.handler;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.coordination.group.api.GroupsApi.GroupDescription;
import io.thalweg.coordination.group.api.GroupsApi.GroupState;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.protocol.ApiKeys;

/** Describes classic groups and their members. */
final class DescribeGroupsHandler implements ApiHandler<DescribeGroupsRequestData> {

    /** A group that does not exist is an error from here on (KIP-1043); before, it is "Dead". */
    private static final short NOT_FOUND = 6;

    private final BrokerApi broker;

    DescribeGroupsHandler(BrokerApi broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_GROUPS;
    }

    @Override
    public Future<Reply> handle(DescribeGroupsRequestData request, RequestContext context) {
        List<Future<DescribedGroup>> pending = new ArrayList<>();
        for (String groupId : request.groups()) {
            pending.add(broker.groups()
                    .describe(groupId)
                    .map(DescribeGroupsHandler::described)
                    .otherwise(failure -> failed(groupId, failure, context))
                    .map(group -> request.includeAuthorizedOperations()
                            ? group.setAuthorizedOperations(AuthorizedOperations.GROUP)
                            : group));
        }
        return Future.join(pending).map(all -> Reply.of(new DescribeGroupsResponseData().setGroups(all.list())));
    }

    private static DescribedGroup described(GroupDescription group) {
        List<DescribedGroupMember> members = new ArrayList<>(group.members().size());
        group.members()
                .forEach(member -> members.add(new DescribedGroupMember()
                        .setMemberId(member.memberId())
                        .setGroupInstanceId(member.groupInstanceId())
                        .setClientId(member.clientId())
                        .setClientHost(member.clientHost())
                        .setMemberMetadata(member.metadata())
                        .setMemberAssignment(member.assignment())));
        return new DescribedGroup()
                .setGroupId(group.groupId())
                .setGroupState(group.state().kafkaName())
                .setProtocolType(group.protocolType())
                .setProtocolData(group.protocolName())
                .setMembers(members);
    }

    private static DescribedGroup failed(String groupId, Throwable failure, RequestContext context) {
        ErrorCode error = Failures.error(failure);
        DescribedGroup group = new DescribedGroup().setGroupId(groupId);
        if (error == ErrorCode.GROUP_ID_NOT_FOUND) {
            group.setGroupState(GroupState.DEAD.kafkaName());
            if (context.version() < NOT_FOUND) {
                return group;
            }
        }
        group.setErrorCode(error.code());
        return context.version() < NOT_FOUND ? group : group.setErrorMessage(Failures.message(failure));
    }
}
