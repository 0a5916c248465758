SELECT ma_don_vi AS unit_code,
       ten AS name,
       CASE cap WHEN 'TINH' THEN 'city' WHEN 'HUYEN' THEN 'district' ELSE 'commune' END AS tier,
       ma_cha AS parent_code,
       ma_xa_gso AS ward_code,
       hieu_luc_tu AS valid_from,
       hieu_luc_den AS valid_to
  FROM onestop.don_vi
