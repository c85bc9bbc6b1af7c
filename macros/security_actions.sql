{#- Audited actions that mean something to security, as rows (service_name, action_name, kind, severity). The audit log
    grows actions with every release: one that is not here is nothing special and no error. `login` and `read` are no
    detections by themselves: failures and masses of them are. -#}
{% macro security_actions() -%}
    {%- set named = {
        'login low': ['accounts: login samlLogin tokenLogin oidcBrowserLogin aadBrowserLogin aadTokenLogin mfaLogin'
            ~ ' jwtLogin certLogin passwordVerifyAuthentication oidcTokenAuthorization'],
        'denied_address medium': ['accounts: IpAccessDenied accountIpAclsValidationFailed'],
        'permission_change medium': [
            'accounts: changeServicePrincipalAcls changeAccountOwner updatePermissions',
            'clusters: changeClusterAcl', 'clusterPolicies: changeClusterPolicyAcl', 'jobs: changeJobAcl',
            'databrickssql: changePermissions changeWarehouseAcls changeEndpointAcls', 'dashboards: changePermissions',
            'iamRole: changeIamRoleAcl changeIamRoleAssumeRoleAcl', 'instancePools: changeInstancePoolAcl',
            'notebook: changeNotebookAcl', 'repos: changeRepoAcl', 'secrets: putAcl deleteAcl',
            'sqlPermissions: changeSecurableOwner grantPermission revokePermission denyPermission',
            'unityCatalog: updatePermissions updateWorkspaceBindings', 'workspace: changeWorkspaceAcl',
        ],
        'permission_change high': ['accounts: setAdmin removeAdmin setAccountAdmin removeAccountAdmin'],
        'address_list_change high': ['accounts: createIpAccessList updateIpAccessList deleteIpAccessList'],
        'group_change medium': [
            'accounts: addPrincipalToGroup addPrincipalsToGroup removePrincipalFromGroup createGroup removeGroup'
                ~ ' updateGroup',
            'groups: addMember removeMember createGroup removeGroup',
        ],
        'token_change medium': [
            'accounts: generateDbToken revokeDbToken changeDbTokenAcl changeDbTokenState',
            'oauth2: createServicePrincipalSecret deleteServicePrincipalSecret createCustomAppIntegration',
        ],
        'secret_change medium': ['secrets: putSecret deleteSecret createScope deleteScope'],
        'read low': [
            'unityCatalog: getTable generateTemporaryTableCredential generateTemporaryVolumeCredential',
            'secrets: getSecret', 'workspace: export workspaceExport', 'notebook: downloadPreviewResults',
            'databrickssql: downloadQueryResult', 'filesystem: filesGet', 'dbfs: read',
        ],
    } -%}
    select * from values {{ action_rows(named) | join(', ') }} as actions (service_name, action_name, kind, severity)
{%- endmacro %}


{% macro action_rows(named) -%}
    {%- set rows = [] -%}
    {%- for kind_severity, services in named.items() -%}
        {%- for service in services -%}
            {%- for action in service.split(': ')[1].split(' ') -%}
                {%- set row = [service.split(':')[0], action] + kind_severity.split(' ') -%}
                {%- do rows.append("('" ~ row | join("', '") ~ "')") -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro %}
